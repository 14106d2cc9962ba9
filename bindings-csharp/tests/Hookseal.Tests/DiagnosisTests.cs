using System.Net;
using System.Text;
using System.Text.Json;

namespace Hookseal.Tests;

/// <summary>The mistakes that people make, and what the detail of each refusal names.</summary>
public class DiagnosisTests
{
    private const long DefaultNow = 1_700_000_000;

    private static readonly JsonElement File = JsonDocument
        .Parse(System.IO.File.ReadAllBytes(Path.Combine(Checkout.Root, "tests", "diagnosis.json")))
        .RootElement;

    public static TheoryData<string> Ids => [.. Rows.Select(row => row.GetProperty("id").GetString()!)];

    private static IEnumerable<JsonElement> Rows => File.GetProperty("rows").EnumerateArray();

    [Fact]
    public void Every_row_is_here() => Assert.Equal(File.GetProperty("count").GetInt32(), Ids.Count);

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_detail_names_the_cause(string id)
    {
        JsonElement row = Rows.Single(row => row.GetProperty("id").GetString() == id);
        (string code, string detail) = Refusal(row);
        JsonElement expected = row.GetProperty("expect");
        Assert.Equal(expected.GetProperty("code").GetString(), code);
        Assert.All(Texts(expected, "detail_contains"), text => Assert.Contains(text, detail, StringComparison.Ordinal));
        Assert.All(Texts(expected, "detail_lacks"), text => Assert.DoesNotContain(text, detail, StringComparison.Ordinal));
    }

    private static (string Code, string Detail) Refusal(JsonElement row)
    {
        VerifierOptions options = JsonOptions.Read(row.GetProperty("options").EnumerateObject());
        string scheme = row.GetProperty("scheme").GetString()!;
        if (row.GetProperty("request").ValueKind == JsonValueKind.Null)
        {
            var error = Assert.Throws<ConfigurationException>(() => new Verifier(scheme, options));
            return (error.CodeText, error.Detail);
        }
        using var verifier = new Verifier(scheme, options);
        Assert.False(verifier.TryVerify(Request(row), out _, out VerificationFailure? failure));
        return (failure.CodeText, failure.Detail);
    }

    private static WebhookRequest Request(JsonElement row)
    {
        JsonElement request = row.GetProperty("request");
        KeyValuePair<string, string>[] headers =
        [
            .. request.GetProperty("headers").EnumerateArray().Select(
                header => KeyValuePair.Create(header[0].GetString()!, header[1].GetString()!)),
        ];
        return new WebhookRequest(
            request.GetProperty("method").GetString()!, request.GetProperty("url").GetString()!, headers, Body(request))
        {
            PeerAddress = request.TryGetProperty("peer_ip", out JsonElement peer) ? IPAddress.Parse(peer.GetString()!) : null,
            Now = row.TryGetProperty("now", out JsonElement now) ? now.GetInt64() : DefaultNow,
        };
    }

    /// <summary>Null where a parser made something else of it.</summary>
    private static byte[]? Body(JsonElement request)
    {
        if (request.TryGetProperty("parsed_body", out _))
        {
            return null;
        }
        return request.TryGetProperty("body_base64", out JsonElement bytes)
            ? bytes.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(request.GetProperty("body_utf8").GetString()!);
    }

    private static IEnumerable<string> Texts(JsonElement expected, string name) =>
        expected.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);
}
