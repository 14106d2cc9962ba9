using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Hookseal;

/// <summary>
/// The options of a verifier by name: <c>new() { ["secret"] = secret, ["tolerance"] = 300 }</c>.
/// See <see cref="Catalogue.Schemes"/>; <see cref="SchemeOptions"/> are the same with types. Values are
/// write-only, since they hold secrets.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class VerifierOptions
{
    private readonly SortedDictionary<string, OptionValue?> _values = new(StringComparer.Ordinal);

    /// <summary>Sets one option; the last value of a name counts.</summary>
    /// <param name="name">The name of the option, e.g. <c>tolerance</c>.</param>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1044:Properties should not be write only", Justification = "The values are secrets.")]
    public OptionValue? this[string name]
    {
        set => _values[name] = value;
    }

    /// <summary>The names that are set, for a message.</summary>
    internal IEnumerable<string> Names => _values.Keys.Select(EscapedName.Of);

    /// <summary>The names that are set, never the values.</summary>
    /// <returns>E.g. <c>VerifierOptions(secret, tolerance)</c>.</returns>
    public override string ToString() => $"VerifierOptions({string.Join(", ", Names)})";

    internal OptionValue ToValue() => OptionValue.Labelled(_values);

    /// <summary>The options as the native library reads them.</summary>
    /// <exception cref="ConfigurationException">A value is null, or not Unicode.</exception>
    internal ArrayBufferWriter<byte> ToJson()
    {
        var json = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        foreach ((string name, OptionValue? value) in _values)
        {
            try
            {
                writer.WritePropertyName(OptionValue.Utf8(name));
                OptionValue.WriteOrReject(value, writer);
            }
            catch (OptionValue.InvalidValueException problem)
            {
                throw new ConfigurationException($"option `{EscapedName.Of(name)}` {problem.Message}");
            }
        }
        writer.WriteEndObject();
        return json;
    }
}
