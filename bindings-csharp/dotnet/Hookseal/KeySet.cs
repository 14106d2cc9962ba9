using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Hookseal;

/// <summary>A JSON Web Key Set (RFC 7517). May hold keys that are secret, so it never shows itself.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class KeySet
{
    private KeySet(OptionValue value) => Value = value;

    internal OptionValue Value { get; }

    /// <summary>A key set as JSON text.</summary>
    /// <param name="json">The text.</param>
    [return: NotNullIfNotNull(nameof(json))]
    public static implicit operator KeySet?(string? json) => Of(json);

    /// <summary>A key set as JSON text in UTF-8.</summary>
    /// <param name="json">The bytes of the text. They are copied.</param>
    [return: NotNullIfNotNull(nameof(json))]
    public static implicit operator KeySet?(byte[]? json) => Of(json);

    /// <summary>A key set as JSON.</summary>
    /// <param name="json">The object. It is copied.</param>
    [return: NotNullIfNotNull(nameof(json))]
    public static implicit operator KeySet?(JsonObject? json) => Of(json);

    /// <summary>The kind of the value, never the value.</summary>
    /// <returns>E.g. <c>a text</c>.</returns>
    public override string ToString() => Value.ToString();

    private static KeySet? Of(OptionValue? value) => value is null ? null : new(value);
}
