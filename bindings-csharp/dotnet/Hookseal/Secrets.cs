using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Hookseal;

/// <summary>
/// One secret as text or bytes; several, of which any will do, while you rotate; or several with a label each, which
/// <see cref="VerifiedEvent.KeyId"/> then tells. Never shows itself.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Secrets
{
    private Secrets(OptionValue value) => Value = value;

    internal OptionValue Value { get; }

    /// <summary>One, as text.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator Secrets?(string? text) => Of(text);

    /// <summary>One, as bytes.</summary>
    /// <param name="bytes">The bytes. They are copied.</param>
    [return: NotNullIfNotNull(nameof(bytes))]
    public static implicit operator Secrets?(byte[]? bytes) => Of(bytes);

    /// <summary>One, as bytes.</summary>
    /// <param name="bytes">The bytes. They are copied.</param>
    public static implicit operator Secrets(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Several, as texts.</summary>
    /// <param name="texts">The texts.</param>
    [return: NotNullIfNotNull(nameof(texts))]
    public static implicit operator Secrets?(string[]? texts) => Of(texts);

    /// <summary>Several, as texts.</summary>
    /// <param name="texts">The texts.</param>
    [return: NotNullIfNotNull(nameof(texts))]
    public static implicit operator Secrets?(List<string>? texts) => Of(texts);

    /// <summary>Several by label, as texts.</summary>
    /// <param name="labelled">The texts by label.</param>
    [return: NotNullIfNotNull(nameof(labelled))]
    public static implicit operator Secrets?(Dictionary<string, string>? labelled) => Of(labelled);

    /// <summary>Several, each of them a text or bytes.</summary>
    /// <param name="values">The values.</param>
    /// <returns>All of them.</returns>
    public static Secrets List(IEnumerable<TextOrBytes> values) =>
        new(OptionValue.List(values.Select(TypedValue.Of)));

    /// <summary>Several by label, each of them a text or bytes.</summary>
    /// <param name="labelled">The values by label.</param>
    /// <returns>All of them.</returns>
    public static Secrets Labelled(IEnumerable<KeyValuePair<string, TextOrBytes>> labelled) =>
        new(OptionValue.Labelled(labelled.Select(pair => KeyValuePair.Create(pair.Key, TypedValue.Of(pair.Value)))));

    /// <summary>The kind of the value, never the value.</summary>
    /// <returns>E.g. <c>a text</c>.</returns>
    public override string ToString() => Value.ToString();

    private static Secrets? Of(OptionValue? value) => value is null ? null : new(value);
}
