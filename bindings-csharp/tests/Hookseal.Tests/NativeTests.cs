using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Hookseal.AspNetCore.Internal;
using Hookseal.Native;
using Hookseal.Tests.Typed;

namespace Hookseal.Tests;

public partial class NativeTests
{
    private static readonly string s_header = Checkout.Read("bindings-csharp", "include", "hookseal.h");

    [Fact]
    public unsafe void A_panic_arrives_as_internal()
    {
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        int code = NativeMethods.PanicSelfTest(detail, NativeMethods.DetailSize);
        VerificationFailure failure = NativeText.Failure(code, detail);
        Assert.Equal(ErrorCode.Internal, failure.Code);
        Assert.NotEmpty(failure.Detail);
        using Verifier verifier = Deliveries.Plivo();
        Assert.NotNull(verifier.Verify(Deliveries.Request()));
    }

    [Fact]
    public void Every_error_code_is_mapped()
    {
        Assert.Equal(
            Catalogue.ErrorCodes.Select(code => (code.Number, code.Text, code.Status)),
            Enum.GetValues<ErrorCode>().Order().Select(code => ((int)code, code.ToText(), code.ToHttpStatus())));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ErrorCode)0).ToText());
    }

    [Fact]
    public void Every_error_code_is_in_the_header()
    {
        Assert.Equal(
            Catalogue.ErrorCodes.Select(code => (code.Text.ToUpperInvariant(), code.Number)),
            ErrorLine().Matches(s_header).Select(line => (line.Groups[1].Value, int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void The_imports_are_those_of_the_header()
    {
        var declared = Declaration().Matches(s_header).ToDictionary(
            match => match.Groups["name"].Value,
            match => match.Groups["parameters"].Value is "void" ? 0 : match.Groups["parameters"].Value.Split(',').Length);
        var imported = typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => (method, import: method.GetCustomAttribute<LibraryImportAttribute>()))
            .Where(pair => pair.import is not null)
            .ToDictionary(pair => pair.import!.EntryPoint!, pair => pair.method.GetParameters().Length);

        Assert.True(imported.Remove("hookseal_panic_self_test"));
        // The shim reads the header names once, so it asks for no slot.
        Assert.True(declared.Remove("hookseal_header_slot"));
        Assert.Equal(declared.OrderBy(pair => pair.Key), imported.OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData("hookseal_facts", typeof(NativeFacts), 9 * 8 + 2 + 6 + 64)]
    [InlineData("hookseal_request", typeof(NativeRequest), 14 * 8)]
    public void A_structure_is_that_of_the_header(string name, Type type, int size)
    {
        string declaration = s_header[s_header.IndexOf($"struct {name} {{", StringComparison.Ordinal)..];
        string[] fields = [.. Field().Matches(declaration[..declaration.IndexOf("\n}", StringComparison.Ordinal)])
            .Select(field => field.Groups[1].Value.Replace("_", "", StringComparison.Ordinal))];
        Assert.Equal(
            type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
                .Select(field => field.Name.ToLowerInvariant().Replace("length", "len", StringComparison.Ordinal)),
            fields);
        Assert.Equal(size, Marshal.SizeOf(type));
    }

    [Fact]
    public void The_constants_are_those_of_the_header()
    {
        Assert.Contains($"#define HOOKSEAL_ABI_VERSION {NativeMethods.AbiVersion}\n", s_header, StringComparison.Ordinal);
        Assert.Contains($"#define HOOKSEAL_OK {NativeMethods.Ok}\n", s_header, StringComparison.Ordinal);
        Assert.Contains($"#define HOOKSEAL_DETAIL_SIZE {NativeMethods.DetailSize}\n", s_header, StringComparison.Ordinal);
        string body = Rejection.Text.Replace("\"", "\\\"", StringComparison.Ordinal);
        Assert.Contains($"#define HOOKSEAL_REJECTION_BODY \"{body}\"\n", s_header, StringComparison.Ordinal);
        Assert.Contains($"#define HOOKSEAL_REJECTION_CONTENT_TYPE \"{Rejection.ContentType}\"\n", s_header, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_is_refused()
    {
        Assert.Null(NativeLoader.Compare(NativeMethods.AbiVersion, "1.2.3", "1.2.3"));
        Assert.Contains("1.2.4", NativeLoader.Compare(NativeMethods.AbiVersion, "1.2.4", "1.2.3"), StringComparison.Ordinal);
        Assert.Contains("ABI", NativeLoader.Compare(NativeMethods.AbiVersion + 1, "1.2.3", "1.2.3"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_version_is_that_of_the_workspace()
    {
        string version = Regex.Match(Checkout.Read("Cargo.toml"), "^version = \"(.*)\"$", RegexOptions.Multiline).Groups[1].Value;
        Assert.Equal(version, NativeLoader.PackageVersion);
        foreach (string folder in new[] { Path.Combine("tests", "receivers", "aspnet"), Path.Combine("examples", "aspnet") })
        {
            string project = File.ReadAllText(Directory.GetFiles(Path.Combine(Checkout.Root, folder), "*.csproj").Single());
            Assert.Contains($"<PackageReference Include=\"Hookseal.AspNetCore\" Version=\"{version}\" />", project, StringComparison.Ordinal);
        }
    }

    /// <summary>The classes of typed options do, and are generated: these files and no others.</summary>
    [Fact]
    public void No_source_of_the_library_names_a_provider()
    {
        string providers = Path.Combine(Checkout.Root, "bindings-csharp", "dotnet", "Hookseal", "Providers");
        string[] generated = [.. EveryOption.Schemes.Select(options => Path.Combine(providers, $"{options.GetType().Name}.cs"))];
        Assert.All(generated, file => Assert.StartsWith("// Generated by", File.ReadAllText(file), StringComparison.Ordinal));
        // Names of standards, and words of code: metadata, linear.
        string[] generic = ["standard-webhooks", "standard-webhooks-v1a", "basic", "bearer-jwt", "meta", "linear"];
        string[] words = [.. Catalogue.Schemes.Select(scheme => scheme.Id).Except(generic).Select(id => id.Split('-')[0]).Distinct()];
        string[] folders = [Path.Combine("bindings-csharp", "src"), Path.Combine("bindings-csharp", "dotnet")];
        IEnumerable<string> files = folders
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Checkout.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".rs")
            .Except(generated);
        Assert.All(files, file => Assert.All(words, word =>
            Assert.DoesNotContain(word, File.ReadAllText(file).Replace("github.com", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
    }

    [GeneratedRegex(@"^  HOOKSEAL_E_(\w+) = (\d+),$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"^(?!typedef|struct|enum|\s|/|#)[\w ]+\s\*?(?<name>hookseal_\w+)\((?<parameters>[^)]*)\);", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^  (?:const )?\w+ \*?(\w+)(?:\[64\])?;$", RegexOptions.Multiline)]
    private static partial Regex Field();
}
