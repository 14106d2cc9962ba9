using System.Diagnostics;
using System.IO.Compression;

namespace Hookseal.Tests;

/// <summary>What is in the packages of <c>dist</c>.</summary>
public class PackageTests
{
    private static string Path(string id) => System.IO.Path.Combine(Checkout.Root, "dist", "nuget", $"{id}.{Native.NativeLoader.PackageVersion}.nupkg");

    [Theory]
    [InlineData("Hookseal", "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-LICENSES.txt")]
    [InlineData("Hookseal.AspNetCore", "LICENSE-MIT", "LICENSE-APACHE")]
    public void A_package_has_its_licences(string id, params string[] names)
    {
        using ZipArchive package = ZipFile.OpenRead(Path(id));
        foreach (string name in names)
        {
            using var text = new StreamReader(package.GetEntry(name)!.Open());
            Assert.Equal(Checkout.Read(name), text.ReadToEnd());
        }
    }

    [Theory]
    [InlineData("linux-x64", true)]
    [InlineData("", true)]
    [InlineData("linux-musl-x64", false)]
    [InlineData("linux-arm64", false)]
    [InlineData("win-x64", false)]
    public async Task A_platform_without_its_library_is_not_published_to(string platform, bool isSupported)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hookseal");
        try
        {
            await ZipFile.ExtractToDirectoryAsync(Path("Hookseal"), folder.FullName, TestContext.Current.CancellationToken);
            string project = System.IO.Path.Combine(folder.FullName, "publish.proj");
            await File.WriteAllTextAsync(
                project,
                """
                <Project>
                  <Target Name="PrepareForPublish" />
                  <Import Project="buildTransitive/Hookseal.targets" />
                </Project>
                """,
                TestContext.Current.CancellationToken);
            var start = new ProcessStartInfo("dotnet")
            {
                ArgumentList = { "msbuild", project, "-target:PrepareForPublish", $"-property:RuntimeIdentifier={platform}", "-nologo", "-nodeReuse:false" },
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(isSupported == (process.ExitCode == 0), output);
            Assert.Equal(!isSupported, output.Contains($"HOOKSEAL001: The package Hookseal holds no native library for {platform},", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
