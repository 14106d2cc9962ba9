using System.Globalization;
using System.Text;

namespace Hookseal;

/// <summary>A name that somebody gave, for a message: on one line, and nothing in it moves what a terminal shows.</summary>
internal static class EscapedName
{
    /// <summary>The name as the native library would show it, e.g. <c>a\nb</c>.</summary>
    internal static string Of(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            text.Append(Shown(rune));
        }
        return text.ToString();
    }

    private static string Shown(Rune rune) => rune.Value switch
    {
        '\0' => @"\0",
        '\t' => @"\t",
        '\n' => @"\n",
        '\r' => @"\r",
        '"' or '\'' or '\\' => $@"\{rune}",
        ' ' => " ",
        _ when IsVisible(rune) => rune.ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $@"\u{{{rune.Value:x}}}"),
    };

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);
}
