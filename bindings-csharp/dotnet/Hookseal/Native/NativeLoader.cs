using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Hookseal.Native;

/// <summary>Finds out once whether the native library is there and belongs to this assembly.</summary>
internal static class NativeLoader
{
    /// <summary>The version of this assembly, which is that of the package.</summary>
    internal static string PackageVersion { get; } =
        typeof(NativeLoader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    // After the version, which it compares.
    private static readonly string? s_problem = Load();

    /// <exception cref="HooksealException">The library cannot be used.</exception>
    internal static void EnsureUsable()
    {
        if (s_problem is not null)
        {
            throw new HooksealException(ErrorCode.Internal, s_problem);
        }
    }

    /// <summary>What is wrong with a native library of that version; null where nothing is.</summary>
    internal static string? Compare(uint abiVersion, string version, string packageVersion)
    {
        if (abiVersion != NativeMethods.AbiVersion)
        {
            return $"the native library has ABI {abiVersion}, this package needs {NativeMethods.AbiVersion}";
        }
        return version == packageVersion
            ? null
            : $"the native library is version {version}, this package is {packageVersion}";
    }

    private static unsafe string? Load()
    {
        try
        {
            // The ABI comes first: nothing else is known to be callable before.
            uint abiVersion = NativeMethods.GetAbiVersion();
            string version = abiVersion == NativeMethods.AbiVersion
                ? Encoding.UTF8.GetString(NativeText.Read(NativeMethods.GetVersion()))
                : "";
            return Compare(abiVersion, version, PackageVersion);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return $"the native library cannot be loaded on {RuntimeInformation.RuntimeIdentifier}: {error.Message}";
        }
    }
}
