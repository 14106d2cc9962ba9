using System.Reflection;

namespace Hookseal.Tests;

/// <summary>Files of the checkout that tests compare with.</summary>
internal static class Checkout
{
    internal static string Root { get; } = typeof(Checkout).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Workspace")
        .Value!;

    internal static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));
}
