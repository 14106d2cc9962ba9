using System.Text.Json;

namespace Hookseal;

/// <summary>What the native library says of one verifier: <c>hookseal_describe</c>, read once.</summary>
internal sealed class VerifierDescription
{
    internal VerifierDescription(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement;
        Scheme = root.GetProperty("scheme").GetString()!;
        HeaderNames = Texts(root.GetProperty("header_names"));
        DiagnosticHeaderNames = Texts(root.GetProperty("diagnostic_header_names"));
        KeyIds = Texts(root.GetProperty("key_ids"));
        UrlForms = Texts(root.GetProperty("url_forms"));
        Coverage = [.. root.GetProperty("coverage").EnumerateArray().Select(ReadCovers)];
        MaxBodyBytes = root.GetProperty("max_body_bytes").GetInt64();
        RemoteKeys = ReadBounds(root.GetProperty("remote_keys"));
        Introspects = root.GetProperty("introspects").GetBoolean();
    }

    internal string Scheme { get; }

    /// <summary>In slot order.</summary>
    internal string[] HeaderNames { get; }

    /// <summary>The headers to look at after a refusal.</summary>
    internal string[] DiagnosticHeaderNames { get; }

    internal string[] KeyIds { get; }

    internal string[] UrlForms { get; }

    /// <summary>By variant.</summary>
    internal Covers[] Coverage { get; }

    internal long MaxBodyBytes { get; }

    /// <summary>The bounds of fetching keys; null where the verifier has all it needs.</summary>
    internal KeyBounds? RemoteKeys { get; }

    /// <summary>Whether the issuer of each token has to be asked.</summary>
    internal bool Introspects { get; }

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static KeyBounds? ReadBounds(JsonElement remoteKeys) => remoteKeys.ValueKind == JsonValueKind.Null
        ? null
        : new(
            TimeSpan.FromMilliseconds(remoteKeys.GetProperty("timeout_ms").GetInt64()),
            remoteKeys.GetProperty("max_bytes").GetInt64());

    private static Covers ReadCovers(JsonElement covers) => new()
    {
        Body = ReadLevel(covers.GetProperty("body")),
        Url = ReadLevel(covers.GetProperty("url")),
        Method = covers.GetProperty("method").GetBoolean(),
        Timestamp = ReadCoverage(covers.GetProperty("timestamp")),
        DeliveryId = ReadCoverage(covers.GetProperty("delivery_id")),
        Confidential = covers.GetProperty("confidential").GetBoolean(),
        Parts = Texts(covers.GetProperty("parts")).AsReadOnly(),
    };

    private static CoverageLevel ReadLevel(JsonElement level) => level.GetString() switch
    {
        "full" => CoverageLevel.Full,
        "part" => CoverageLevel.Part,
        "joined" => CoverageLevel.Joined,
        "weak" => CoverageLevel.Weak,
        _ => CoverageLevel.None,
    };

    private static Coverage ReadCoverage(JsonElement coverage) => coverage.GetString() switch
    {
        "signed" => Hookseal.Coverage.Signed,
        "unsigned" => Hookseal.Coverage.Unsigned,
        _ => Hookseal.Coverage.None,
    };
}
