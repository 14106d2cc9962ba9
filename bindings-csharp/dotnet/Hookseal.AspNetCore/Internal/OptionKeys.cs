using System.Text.RegularExpressions;

namespace Hookseal.AspNetCore.Internal;

/// <summary>By which keys of a configuration options were given, so that a message names them as they stand there.</summary>
/// <param name="schema">The options that there are.</param>
internal sealed class OptionKeys(IReadOnlyList<SchemeOption> schema)
{
    /// <summary>A word of the library's, perhaps behind its group, and no part of a URL that it quotes.</summary>
    private const string Word = @"(?<=^|[\s(`])[^\s:;,()?`]+(?=$|[\s:;,.?)`])";

    /// <summary>What stands in front of the name of an option, and of a list of such names.</summary>
    private static readonly string[] _one = ["option ", "option `", "holds `"], _list = ["did you mean ", "allowed are "];

    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>Notes that an option was given.</summary>
    /// <param name="option">Its name, within a group behind that of the group and a dot.</param>
    /// <param name="key">Its key, below that of the webhook.</param>
    internal void Add(string option, string key) => _given[EscapedName.Of(option)] = EscapedName.Of(key);

    /// <summary>A text of the library, with options by their keys; those that were not given are spelled likewise.</summary>
    internal string Spell(string detail)
    {
        int list = _list.Select(text => detail.IndexOf(text, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(detail.Length).Min();
        return Regex.Replace(detail, Word, word =>
        {
            // A word like secret is no name everywhere.
            bool isNamed = word.Value.Contains('_', StringComparison.Ordinal)
                || word.Index > list
                || _one.Any(text => detail.AsSpan(0, word.Index).EndsWith(text, StringComparison.Ordinal));
            return !isNamed ? word.Value
                : _given.TryGetValue(word.Value, out string? key) ? key
                : IsOption(word.Value) ? Likewise(word.Value)
                : word.Value;
        });
    }

    private bool IsOption(string name) => schema.Any(option => option.Name == name || option.Members.Any(member => member.Name == name));

    /// <summary>The name of an option as the keys are written that are there.</summary>
    private string Likewise(string option) =>
        _given.Values.Any(key => key.Contains('_', StringComparison.Ordinal)) ? option
        : _given.Values.Any(key => key.Contains('-', StringComparison.Ordinal)) ? option.Replace('_', '-')
        : string.Concat(option.Split('_').Select(part => $"{char.ToUpperInvariant(part[0])}{part[1..]}"));
}
