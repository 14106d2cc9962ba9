using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Hookseal;

/// <summary>One text, or the bytes that stand for none. May be a secret, so it never shows itself.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TextOrBytes
{
    private TextOrBytes(OptionValue value) => Value = value;

    internal OptionValue Value { get; }

    /// <summary>A text.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator TextOrBytes?(string? text) => Of(text);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes. They are copied.</param>
    [return: NotNullIfNotNull(nameof(bytes))]
    public static implicit operator TextOrBytes?(byte[]? bytes) => Of(bytes);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes. They are copied.</param>
    public static implicit operator TextOrBytes(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>The kind of the value, never the value.</summary>
    /// <returns>E.g. <c>a text</c>.</returns>
    public override string ToString() => Value.ToString();

    private static TextOrBytes? Of(OptionValue? value) => value is null ? null : new(value);
}
