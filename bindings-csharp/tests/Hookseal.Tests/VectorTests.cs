using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hookseal.Tests;

/// <summary>Runs every vector of every file through the public interface.</summary>
public class VectorTests
{
    private const long DefaultNow = 1_700_000_000;

    [Fact]
    public void Every_vector_gets_its_verdict()
    {
        string folder = Environment.GetEnvironmentVariable("HOOKSEAL_VECTORS") is { Length: > 0 } given
            ? given
            : Path.Combine(Checkout.Root, "tests", "vectors");
        var verifiers = new Dictionary<string, (Verifier? Verifier, JsonObject? Refusal)>();
        var outcomes = new JsonObject();
        var disagreements = new List<string>();
        int expected = 0;
        string[] files = Directory.GetFiles(folder, "*.json");
        Assert.NotEmpty(files);
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            expected += document.RootElement.GetProperty("count").GetInt32();
            foreach (JsonElement vector in document.RootElement.GetProperty("cases").EnumerateArray())
            {
                string id = vector.GetProperty("id").GetString()!;
                JsonObject outcome = Run(vector, verifiers);
                if (Disagreement(vector, outcome) is { } disagreement)
                {
                    disagreements.Add($"{id}: {disagreement}");
                }
                outcomes.Add(id, outcome);
            }
        }
        foreach ((Verifier? verifier, _) in verifiers.Values)
        {
            verifier?.Dispose();
        }
        if (Environment.GetEnvironmentVariable("HOOKSEAL_OUTCOMES") is { Length: > 0 } path)
        {
            File.WriteAllText(path, outcomes.ToJsonString());
        }
        Console.WriteLine($"vectors: {outcomes.Count} run of {expected}");
        TestContext.Current.TestOutputHelper?.WriteLine($"vectors: {outcomes.Count} run of {expected}");
        Assert.Empty(disagreements);
        Assert.Equal(expected, outcomes.Count);
    }

    private static JsonObject Run(JsonElement vector, Dictionary<string, (Verifier? Verifier, JsonObject? Refusal)> verifiers)
    {
        JsonElement scheme = vector.GetProperty("scheme");
        JsonElement options = vector.GetProperty("options");
        string key = $"{scheme.GetRawText()} {options.GetRawText()}";
        if (!verifiers.TryGetValue(key, out (Verifier? Verifier, JsonObject? Refusal) made))
        {
            verifiers[key] = made = Make(scheme, options);
        }
        if (made.Verifier is null)
        {
            return (JsonObject)made.Refusal!.DeepClone();
        }
        return made.Verifier.TryVerify(Request(vector), out VerifiedEvent? verified, out VerificationFailure? failure)
            ? new JsonObject { ["verdict"] = "verified", ["facts"] = Facts(verified) }
            : Rejected(failure);
    }

    private static (Verifier?, JsonObject?) Make(JsonElement scheme, JsonElement options)
    {
        try
        {
            string text = scheme.ValueKind == JsonValueKind.String ? scheme.GetString()! : scheme.GetRawText();
            // Nobody can be asked about tokens here.
            VerifierHooks? hooks = options.TryGetProperty("introspection", out _)
                ? new() { IntrospectAsync = (_, _) => Task.FromException<string>(new NotSupportedException()) }
                : null;
            return (new Verifier(text, JsonOptions.Read(options.EnumerateObject()), hooks), null);
        }
        catch (ConfigurationException error)
        {
            return (null, new() { ["verdict"] = "rejected", ["code"] = error.CodeText });
        }
    }

    private static WebhookRequest Request(JsonElement vector)
    {
        JsonElement request = vector.GetProperty("request");
        byte[] body = request.TryGetProperty("body_base64", out JsonElement base64)
            ? base64.GetBytesFromBase64()
            : request.TryGetProperty("body_utf8", out JsonElement utf8) ? Encoding.UTF8.GetBytes(utf8.GetString()!) : [];
        KeyValuePair<string, string>[] headers = [.. request.GetProperty("headers").EnumerateArray()
            .Select(header => KeyValuePair.Create(header[0].GetString()!, header[1].GetString()!))];
        return new(request.GetProperty("method").GetString()!, request.GetProperty("url").GetString()!, headers, body)
        {
            Authority = Text(request, "authority"),
            Scheme = Text(request, "scheme"),
            PeerAddress = request.TryGetProperty("peer_ip", out JsonElement peer) && peer.ValueKind == JsonValueKind.String
                ? IPAddress.Parse(peer.GetString()!)
                : null,
            Now = vector.TryGetProperty("now", out JsonElement now) && now.ValueKind == JsonValueKind.Number
                ? now.GetInt64()
                : DefaultNow,
        };
    }

    private static string? Text(JsonElement request, string name) =>
        request.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;

    private static JsonObject Rejected(VerificationFailure failure)
    {
        var outcome = new JsonObject { ["verdict"] = "rejected", ["code"] = failure.CodeText };
        bool isPlain = failure.Status == failure.Code.ToHttpStatus() && failure.Authenticate is null && failure.Reply is null;
        if (!isPlain)
        {
            outcome["answer"] = new JsonObject
            {
                ["status"] = failure.Status,
                ["authenticate"] = failure.Authenticate,
                ["reply"] = failure.Reply is { } reply ? Reply(reply) : null,
            };
        }
        return outcome;
    }

    private static JsonObject Reply(HttpReply reply) => new()
    {
        ["status"] = reply.Status,
        ["headers"] = new JsonArray([.. reply.Headers.Select(header => new JsonArray(header.Key, header.Value))]),
        ["body"] = reply.Body,
    };

    private static JsonObject Facts(VerifiedEvent verified) => new()
    {
        ["scheme"] = verified.Scheme,
        ["payload_base64"] = Convert.ToBase64String(verified.Payload.Span),
        ["key_id"] = verified.KeyId,
        ["timestamp"] = verified.Timestamp,
        ["delivery_id"] = verified.DeliveryId,
        ["event_type"] = verified.EventType,
        ["replay_key"] = verified.ReplayKey,
        ["claims"] = new JsonObject(verified.Claims.Select(claim =>
            KeyValuePair.Create(claim.Key, JsonNode.Parse(claim.Value.GetRawText())))),
        ["covers"] = new JsonObject
        {
            ["body"] = Snake(verified.Covers.Body),
            ["url"] = Snake(verified.Covers.Url),
            ["method"] = verified.Covers.Method,
            ["timestamp"] = Snake(verified.Covers.Timestamp),
            ["delivery_id"] = Snake(verified.Covers.DeliveryId),
            ["confidential"] = verified.Covers.Confidential,
            ["parts"] = new JsonArray([.. verified.Covers.Parts]),
        },
        ["url_form"] = verified.UrlForm,
    };

    private static string Snake<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string? Disagreement(JsonElement vector, JsonObject outcome)
    {
        string expect = vector.GetProperty("expect").GetString()!;
        string got = (string?)outcome["code"] ?? "verified";
        if (got != expect)
        {
            return $"expected {expect}, got {got}";
        }
        if (vector.TryGetProperty("answer", out JsonElement answer)
            && !JsonNode.DeepEquals(outcome["answer"], JsonNode.Parse(answer.GetRawText())))
        {
            return $"the answer is {outcome["answer"]?.ToJsonString() ?? "plain"}, not {answer.GetRawText()}";
        }
        if (!vector.TryGetProperty("facts", out JsonElement facts) || facts.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        foreach (JsonProperty fact in facts.EnumerateObject())
        {
            JsonNode? actual = outcome["facts"]?[fact.Name];
            if (!JsonNode.DeepEquals(actual, JsonNode.Parse(fact.Value.GetRawText())))
            {
                return $"{fact.Name} is {actual?.ToJsonString() ?? "null"}, not {fact.Value.GetRawText()}";
            }
        }
        return null;
    }
}
