using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hookseal.Native;

namespace Hookseal;

/// <summary>
/// The value of one option: text, bytes, a switch, a whole number, or several values with or without
/// labels. Plain .NET values convert by themselves. May hold a secret, so it never shows itself.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class OptionValue
{
    /// <summary>What is said of a value that is null.</summary>
    internal const string IsNull = "is null (is its environment variable set?)";

    private readonly string _kind;
    private readonly Action<Utf8JsonWriter> _write;

    private OptionValue(string kind, Action<Utf8JsonWriter> write)
    {
        _kind = kind;
        _write = write;
    }

    /// <summary>A text. Null is rejected when the verifier is made.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator OptionValue?(string? text) =>
        text is null ? null : new("a text", writer => writer.WriteStringValue(Utf8(text)));

    /// <summary>Bytes, where a secret is not a text.</summary>
    /// <param name="bytes">The bytes.</param>
    public static implicit operator OptionValue?(byte[]? bytes) => bytes is null ? null : FromBytes(bytes);

    /// <summary>Bytes, where a secret is not a text.</summary>
    /// <param name="bytes">The bytes.</param>
    public static implicit operator OptionValue(ReadOnlyMemory<byte> bytes) => FromBytes(bytes);

    /// <summary>A switch.</summary>
    /// <param name="value">The switch.</param>
    public static implicit operator OptionValue(bool value) => new("a boolean", writer => writer.WriteBooleanValue(value));

    /// <summary>A whole number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator OptionValue(long value) => new("a number", writer => writer.WriteNumberValue(value));

    /// <summary>Several texts, e.g. the secrets of a rotation.</summary>
    /// <param name="texts">The texts.</param>
    public static implicit operator OptionValue?(string[]? texts) => texts is null ? null : List(texts);

    /// <summary>Several texts, e.g. the secrets of a rotation.</summary>
    /// <param name="texts">The texts.</param>
    public static implicit operator OptionValue?(List<string>? texts) => texts is null ? null : List(texts);

    /// <summary>Several texts with a label each, which <see cref="VerifiedEvent.KeyId"/> then tells.</summary>
    /// <param name="labelled">The texts by label.</param>
    public static implicit operator OptionValue?(Dictionary<string, string>? labelled) =>
        labelled is null ? null : Labelled(labelled);

    /// <summary>Options within an option.</summary>
    /// <param name="options">The options. What is set later does not count.</param>
    public static implicit operator OptionValue?(VerifierOptions? options) => options?.ToValue();

    /// <summary>JSON that is handed on as it is, such as a key set.</summary>
    /// <param name="json">The object. It is copied.</param>
    public static implicit operator OptionValue?(JsonObject? json) => json is null ? null : FromJson(json);

    /// <summary>Several texts, e.g. the secrets of a rotation.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The value.</returns>
    public static OptionValue List(IEnumerable<string> texts) => List(texts.Select(text => (OptionValue?)text));

    /// <summary>Several values, e.g. secrets that are bytes.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The value.</returns>
    public static OptionValue List(IEnumerable<OptionValue?> values)
    {
        OptionValue?[] copy = [.. values];
        return new("a list", writer =>
        {
            writer.WriteStartArray();
            foreach (OptionValue? value in copy)
            {
                WriteOrReject(value, writer);
            }
            writer.WriteEndArray();
        });
    }

    /// <summary>Several texts with a label each, which <see cref="VerifiedEvent.KeyId"/> then tells.</summary>
    /// <param name="labelled">The texts by label.</param>
    /// <returns>The value.</returns>
    public static OptionValue Labelled(IEnumerable<KeyValuePair<string, string>> labelled) =>
        Labelled(labelled.Select(pair => KeyValuePair.Create(pair.Key, (OptionValue?)pair.Value)));

    /// <summary>Several values with a label each, which <see cref="VerifiedEvent.KeyId"/> then tells.</summary>
    /// <param name="labelled">The values by label.</param>
    /// <returns>The value.</returns>
    public static OptionValue Labelled(IEnumerable<KeyValuePair<string, OptionValue?>> labelled)
    {
        KeyValuePair<string, OptionValue?>[] copy = [.. labelled];
        return new("labelled values", writer =>
        {
            writer.WriteStartObject();
            foreach ((string label, OptionValue? value) in copy)
            {
                writer.WritePropertyName(Utf8(label));
                try
                {
                    WriteOrReject(value, writer);
                }
                catch (InvalidValueException problem)
                {
                    throw new InvalidValueException($"holds `{EscapedName.Of(label)}`, which {problem.Message}");
                }
            }
            writer.WriteEndObject();
        });
    }

    /// <summary>The kind of the value, never the value.</summary>
    /// <returns>E.g. <c>a text</c>.</returns>
    public override string ToString() => _kind;

    internal static OptionValue Seconds(TimeSpan time) => new("a time", writer =>
    {
        if (time.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new InvalidValueException("is not a whole number of seconds");
        }
        writer.WriteNumberValue(time.Ticks / TimeSpan.TicksPerSecond);
    });

    /// <exception cref="InvalidValueException">A text in it is null, or not Unicode.</exception>
    internal static void WriteOrReject(OptionValue? value, Utf8JsonWriter writer)
    {
        if (value is null)
        {
            throw new InvalidValueException(IsNull);
        }
        value._write(writer);
    }

    /// <summary>The bytes of a text. A lone surrogate is rejected: replaced, it would be another secret.</summary>
    internal static byte[] Utf8(string text)
    {
        try
        {
            return NativeText.StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            // Its message would quote a character of the secret.
            throw new InvalidValueException("is not valid Unicode");
        }
    }

    private static OptionValue FromBytes(ReadOnlyMemory<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        return new("bytes", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("hex"u8, Convert.ToHexString(copy));
            writer.WriteEndObject();
        });
    }

    private static OptionValue FromJson(JsonNode? json) => json switch
    {
        null => new("null", writer => writer.WriteNullValue()),
        JsonObject members => Labelled(members.Select(pair => KeyValuePair.Create(pair.Key, (OptionValue?)FromJson(pair.Value)))),
        JsonArray items => List(items.Select(item => (OptionValue?)FromJson(item))),
        _ when json.GetValueKind() == JsonValueKind.String => new("a text", writer => writer.WriteStringValue(Utf8(Text(json)))),
        _ => new("a value", writer => json.WriteTo(writer)),
    };

    private static string Text(JsonNode json)
    {
        try
        {
            return json.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            throw new InvalidValueException("holds a text that is not valid Unicode");
        }
    }

    /// <summary>Becomes a <see cref="ConfigurationException"/> where the name of the option is known.</summary>
    internal sealed class InvalidValueException(string problem) : Exception(problem);
}
