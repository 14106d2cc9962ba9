using System.Buffers;
using System.Text.Json;

namespace Hookseal.Native;

/// <summary>The call of <c>hookseal_sign</c>, apart since only tests need it.</summary>
internal static unsafe class Signer
{
    internal static IReadOnlyDictionary<string, string> Sign(
        VerifierHandle verifier,
        string method,
        string url,
        ReadOnlySpan<byte> body,
        IEnumerable<KeyValuePair<string, string>>? headers,
        string? deliveryId,
        long? now,
        string? keyId)
    {
        byte[] methodText = Text(method, nameof(method));
        byte[] urlText = Text(url, nameof(url));
        byte[]? deliveryIdText = deliveryId is null ? null : Text(deliveryId, nameof(deliveryId));
        byte[]? keyIdText = keyId is null ? null : Text(keyId, nameof(keyId));
        byte[]? headersJson = headers is null ? null : WritePairs(headers);
        long time = now.GetValueOrDefault();
        byte* signed = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        fixed (byte* methodBytes = methodText)
        fixed (byte* urlBytes = urlText)
        fixed (byte* headersBytes = headersJson)
        fixed (byte* bodyBytes = body)
        fixed (byte* deliveryIdBytes = deliveryIdText)
        fixed (byte* keyIdBytes = keyIdText)
        {
            int code = NativeMethods.Sign(
                verifier,
                methodBytes,
                Length(methodText),
                urlBytes,
                Length(urlText),
                headersBytes,
                Length(headersJson),
                bodyBytes,
                (nuint)body.Length,
                deliveryIdBytes,
                Length(deliveryIdText),
                now.HasValue ? &time : null,
                keyIdBytes,
                Length(keyIdText),
                &signed,
                detail,
                NativeMethods.DetailSize);
            if (code != NativeMethods.Ok)
            {
                throw NativeText.Rejection(code, detail);
            }
        }
        return ReadPairs(NativeText.Take(signed)!);
    }

    private static nuint Length(byte[]? bytes) => (nuint)(bytes?.Length ?? 0);

    private static byte[] Text(string text, string name) =>
        text is null ? throw new ConfigurationException($"`{name}` is null") : Verifier.Strict(text, $"`{name}`");

    private static byte[] WritePairs(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            foreach ((string name, string value) in headers)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(name ?? "");
                writer.WriteStringValue(value ?? "");
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        return json.WrittenSpan.ToArray();
    }

    private static Dictionary<string, string> ReadPairs(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonElement pair in document.RootElement.EnumerateArray())
        {
            pairs[pair[0].GetString()!] = pair[1].GetString()!;
        }
        return pairs;
    }
}
