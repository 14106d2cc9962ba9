using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// Options as a configuration holds them: keys in any case, with or without <c>_</c>, and nothing but texts, which
/// become what the schema says. What does not is left a text, for the library to reject by name. The value of an
/// option, or of a claim, is that of one source.
/// </summary>
internal static class ConfiguredOptions
{
    /// <exception cref="FormatException">
    /// A key stands for an option twice, is blank, or has both a value and keys below; a claim is neither a value nor a list.
    /// </exception>
    internal static VerifierOptions Read(IEnumerable<ConfiguredKey> keys, IReadOnlyList<SchemeOption> schema, OptionKeys given) =>
        Read(keys, schema, (option, key) => given.Add(option, key));

    private static VerifierOptions Read(IEnumerable<ConfiguredKey> keys, IReadOnlyList<SchemeOption> schema, Action<string, string> note)
    {
        var options = new VerifierOptions();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ConfiguredKey key in keys)
        {
            SchemeOption? option = schema.FirstOrDefault(known => Bare(known.Name) == Bare(key.Name));
            string name = option?.Name ?? SnakeCase(key.Name);
            if (!names.TryAdd(name, key.Name))
            {
                throw new FormatException(
                    $"the keys {EscapedName.Of(names[name])} and {EscapedName.Of(key.Name)} are the same option");
            }
            note(name, key.Name);
            options[name] = Value(
                key, option, (member, inner) => note($"{name}.{member}", ConfigurationPath.Combine(key.Name, inner)));
        }
        return options;
    }

    private static OptionValue? Value(ConfiguredKey key, SchemeOption? option, Action<string, string> note) => option?.Kind switch
    {
        "claims" when key.HasBelow => Labelled(key, Claim),
        "group" when key.HasBelow => Read(key.Below, option.Members, note),
        _ => Plain(key.OfLastSource(), option),
    };

    private static OptionValue? Plain(ConfiguredKey key, SchemeOption? option)
    {
        if (!key.HasBelow)
        {
            return Leaf(key, option);
        }
        if (IsList(key))
        {
            return OptionValue.List(key.Below.Select(child => Plain(child, option)));
        }
        return key.Below is [{ Value: { } digits } only] && only.Name.Equals("hex", StringComparison.OrdinalIgnoreCase)
            ? OptionValue.Labelled([KeyValuePair.Create("hex", digits)])
            : Labelled(key, child => Plain(child, option));
    }

    private static OptionValue? Leaf(ConfiguredKey key, SchemeOption? option) => option?.Kind switch
    {
        // The library knows where a secret or a name may be empty.
        null or "secret" or "one_secret" or "text_or_bytes" => key.Value,
        _ when string.IsNullOrWhiteSpace(key.Value) => throw Blank(key),
        "switch" when bool.TryParse(key.Value, out bool value) => value,
        "seconds" or "size" or "rate" when WholeNumber(key.Value) is { } number => number,
        "seconds" when WholeSeconds(key.Value) is { } seconds => seconds,
        _ => key.Value,
    };

    private static OptionValue? Claim(ConfiguredKey claim)
    {
        ConfiguredKey key = claim.OfLastSource();
        if (!key.HasBelow)
        {
            return ClaimText(key);
        }
        // Taken for a list, the members of an object would each be enough.
        return IsList(key) && key.Below.All(child => !child.HasBelow)
            ? OptionValue.List(key.Below.Select(ClaimText))
            : throw new FormatException(
                $"{EscapedName.Of(key.Path)} is neither a value nor a list; a claim that is an object, or whose name has a colon, is set by code");
    }

    /// <summary>The type of a claim's value is not in a configuration: what looks like one of JSON is it.</summary>
    private static OptionValue? ClaimText(ConfiguredKey key) => key.Value switch
    {
        ['"', .. var text, '"'] => text,
        var text when string.IsNullOrWhiteSpace(text) => throw Blank(key),
        var text when bool.TryParse(text, out bool value) => value,
        var text when WholeNumber(text) is { } number => number,
        var text => text,
    };

    private static OptionValue Labelled(ConfiguredKey key, Func<ConfiguredKey, OptionValue?> value) =>
        OptionValue.Labelled(key.Below.Select(child => KeyValuePair.Create(child.Name, value(child))));

    /// <summary>Whether the keys below are 0, 1 …: other numbers are labels.</summary>
    private static bool IsList(ConfiguredKey key) => key.Below
        .Select((child, position) => child.Name == position.ToString(CultureInfo.InvariantCulture))
        .All(isNext => isNext);

    private static FormatException Blank(ConfiguredKey key) =>
        new($"{EscapedName.Of(key.Path)} is blank: give it a value, or remove it");

    private static long? WholeNumber(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Of a time as .NET writes it, <c>00:05:00</c>.</summary>
    private static long? WholeSeconds(string? text) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan time) && time.Ticks % TimeSpan.TicksPerSecond == 0
            ? time.Ticks / TimeSpan.TicksPerSecond
            : null;

    /// <summary>What is left of a name where its spelling does not count.</summary>
    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>An unknown key as an option would be named, for the library to find what was meant.</summary>
    private static string SnakeCase(string key) =>
        string.Concat(key.Select((letter, position) =>
            char.IsUpper(letter) && position > 0 && char.IsLower(key[position - 1]) ? $"_{letter}" : $"{letter}"))
            .ToLowerInvariant();
}
