using Microsoft.Extensions.Configuration;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// A key of a configuration, with the sources that may tell of it. A configuration merges its sources key by key, and
/// so lists by position: of a list that a later source replaces by a shorter one, the rest would stay.
/// </summary>
internal sealed class ConfiguredKey
{
    private readonly IReadOnlyList<IConfigurationProvider> _sources;
    private readonly string? _key;

    private ConfiguredKey(IReadOnlyList<IConfigurationProvider> sources, string? key, string path)
    {
        _sources = sources;
        _key = key;
        Path = path;
    }

    /// <param name="configuration">A root or a section.</param>
    /// <param name="application">The configuration of the application, which a section is most likely of.</param>
    internal static ConfiguredKey Of(IConfiguration configuration, IConfiguration? application)
    {
        string? path = (configuration as IConfigurationSection)?.Path;
        return RootOf(configuration, application) is { } root
            ? new([.. SourcesOf(root)], path, path ?? "")
            : new([Merged(configuration)], null, path ?? "");
    }

    /// <summary>Where it stands, for a message.</summary>
    internal string Path { get; }

    /// <summary>The last part of the path.</summary>
    internal string Name => ConfigurationPath.GetSectionKey(Path) ?? "";

    /// <summary>The value of the last source that has one.</summary>
    internal string? Value => _sources.Reverse().Select(ValueIn).FirstOrDefault(found => found.Exists).Value;

    /// <summary>The keys below, of all sources.</summary>
    internal IReadOnlyList<ConfiguredKey> Below =>
    [
        .. _sources
            .Aggregate(Enumerable.Empty<string>(), (earlier, source) => source.GetChildKeys(earlier, _key))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => new ConfiguredKey(_sources, Join(_key, name), Join(Path, name))),
    ];

    /// <summary>Whether there are keys below.</summary>
    /// <exception cref="FormatException">There is a value too, even a blank one.</exception>
    internal bool HasBelow
    {
        get
        {
            bool hasBelow = Below.Count > 0;
            return hasBelow && _sources.Any(source => ValueIn(source).Exists)
                ? throw new FormatException($"{EscapedName.Of(Path)} has a value and keys below, perhaps of two sources: remove one")
                : hasBelow;
        }
    }

    /// <summary>The key as the last source has it that has it at all, and nothing of what others say.</summary>
    /// <exception cref="FormatException">It has several values, which may be of several sources.</exception>
    internal ConfiguredKey OfLastSource()
    {
        IConfigurationProvider source = _sources.Last(source => ValueIn(source).Exists || source.GetChildKeys([], _key).Any());
        var key = new ConfiguredKey([source], _key, Path);
        return source is ChainedConfigurationProvider && key.HasSeveral
            ? throw new FormatException(
                $"{EscapedName.Of(Path)} has several values, and nobody can tell whether of one source: take the section from "
                + "the application's own configuration")
            : key;
    }

    private bool HasSeveral => Below.Count > 1 || Below.Any(key => key.HasSeveral);

    private (bool Exists, string? Value) ValueIn(IConfigurationProvider source) =>
        _key is not null && source.TryGet(_key, out string? value) ? (true, value) : (false, null);

    /// <summary>A section does not say whose it is; it only hands out its root's token.</summary>
    private static IConfigurationRoot? RootOf(IConfiguration configuration, IConfiguration? application) =>
        configuration as IConfigurationRoot
        ?? (application is IConfigurationRoot root && ReferenceEquals(root.GetReloadToken(), configuration.GetReloadToken())
            ? root
            : null);

    /// <summary>The sources, the one that counts most last. A configuration within another one is not one but has some.</summary>
    private static IEnumerable<IConfigurationProvider> SourcesOf(IConfigurationRoot root) => root.Providers.SelectMany(
        source => source is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner } ? SourcesOf(inner) : [source]);

    private static ChainedConfigurationProvider Merged(IConfiguration configuration) =>
        new(new ChainedConfigurationSource { Configuration = configuration });

    private static string Join(string? path, string name) => string.IsNullOrEmpty(path) ? name : ConfigurationPath.Combine(path, name);
}
