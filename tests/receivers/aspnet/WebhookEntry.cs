using System.Text.Json;

namespace Hookseal.Receiver;

/// <summary>One entry of the file <c>HOOKSEAL_WEBHOOKS</c>: <c>{name: {"scheme": …, option: …, "now": …}}</c>.</summary>
internal sealed class WebhookEntry
{
    private WebhookEntry(JsonProperty entry)
    {
        Name = entry.Name;
        foreach (JsonProperty property in entry.Value.EnumerateObject())
        {
            switch (property.Name)
            {
                case "scheme":
                    Scheme = property.Value.ValueKind == JsonValueKind.String
                        ? property.Value.GetString()!
                        : property.Value.GetRawText();
                    break;
                case "now" when property.Value.ValueKind == JsonValueKind.Null:
                    break;
                case "now":
                    Clock = new FixedClock(property.Value.GetInt64());
                    break;
                default:
                    Introspects |= property.Name == "introspection";
                    Options[property.Name] = Value(property.Value);
                    break;
            }
        }
    }

    internal string Name { get; }

    internal string Scheme { get; } = "";

    internal VerifierOptions Options { get; } = new();

    internal TimeProvider? Clock { get; }

    /// <summary>Whether somebody would have to be asked about its tokens.</summary>
    internal bool Introspects { get; }

    internal static IEnumerable<WebhookEntry> ReadAll(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            yield break;
        }
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonProperty entry in document.RootElement.EnumerateObject())
        {
            yield return new WebhookEntry(entry);
        }
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

    private sealed class FixedClock(long now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(now);
    }
}
