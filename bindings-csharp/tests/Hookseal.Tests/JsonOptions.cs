using System.Text.Json;

namespace Hookseal.Tests;

/// <summary>Options as vectors write them: bytes are <c>{"hex": "…"}</c>.</summary>
internal static class JsonOptions
{
    internal static VerifierOptions Read(IEnumerable<JsonProperty> options)
    {
        var read = new VerifierOptions();
        foreach (JsonProperty option in options)
        {
            read[option.Name] = Value(option.Value);
        }
        return read;
    }

    private static OptionValue? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => OptionValue.List(value.EnumerateArray().Select(Value)),
        JsonValueKind.Object when value.TryGetProperty("hex", out JsonElement hex) => Convert.FromHexString(hex.GetString()!),
        JsonValueKind.Object => OptionValue.Labelled(value.EnumerateObject()
            .Select(labelled => KeyValuePair.Create(labelled.Name, Value(labelled.Value)))),
        _ => null,
    };
}
