using System.Globalization;
using System.Text;

namespace Hookseal.AspNetCore.Internal;

/// <summary>The path of a request for a log line: one line, bounded, and without the query, which may hold a secret.</summary>
internal static class LoggedPath
{
    private const int MaxLength = 128;

    internal static string Of(string target)
    {
        var text = new StringBuilder(Math.Min(target.Length, MaxLength));
        foreach (char character in Path(target))
        {
            if (text.Length >= MaxLength)
            {
                return text.Append('…').ToString();
            }
            if (character is > ' ' and < '\x7f')
            {
                text.Append(character);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
        }
        return text.ToString();
    }

    /// <summary>Of a target that is a whole URL, what follows the host.</summary>
    private static ReadOnlySpan<char> Path(ReadOnlySpan<char> target)
    {
        int end = target.IndexOfAny('?', '#');
        ReadOnlySpan<char> path = end < 0 ? target : target[..end];
        int authority = path is ['/', ..] ? -1 : path.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return path;
        }
        path = path[(authority + 3)..];
        int start = path.IndexOf('/');
        return start < 0 ? "/" : path[start..];
    }
}
