using System.Net;
using System.Text.Json.Serialization;

namespace Hookseal;

/// <summary>
/// One HTTP request as it came in. Nothing of it is changed or normalised. A serializer for JSON shows
/// neither URL nor body, which may hold what belongs in no log.
/// </summary>
public readonly struct WebhookRequest
{
    /// <summary>A request with its body in memory.</summary>
    /// <param name="method">The method as received, e.g. <c>POST</c>.</param>
    /// <param name="url">
    /// The absolute URL as the provider called it; or the request target as it stood in the request line
    /// (<c>/path?query</c>), with <see cref="Authority"/> and <see cref="Scheme"/> beside it or for a
    /// verifier with a <c>public_url</c>. A target and a host never belong into one text.
    /// </param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">
    /// The raw bytes, before any parser. Not copied: they must not change as long as the request or the
    /// <see cref="VerifiedEvent.Payload"/> of its event is in use.
    /// </param>
    public WebhookRequest(string method, string url, WebhookHeaders headers, ReadOnlyMemory<byte> body)
    {
        Method = method;
        Url = url;
        Headers = headers;
        Body = body;
        HasBody = true;
    }

    /// <summary>A request with its body in an array.</summary>
    /// <param name="method">The method as received, e.g. <c>POST</c>.</param>
    /// <param name="url">The absolute URL, or the request target, as above.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">
    /// The raw bytes, before any parser. Copied, so that what was verified stays what is handed out,
    /// whatever becomes of the array. An empty array is an empty body; null is no body at all and is
    /// rejected with <see cref="ErrorCode.BodyAlreadyParsed"/>.
    /// </param>
    public WebhookRequest(string method, string url, WebhookHeaders headers, byte[]? body)
        : this(method, url, headers, Copy(body)) => HasBody = body is not null;

    /// <summary>The method as received.</summary>
    public string Method { get; }

    /// <summary>The URL as the provider called it, or the request target.</summary>
    [JsonIgnore]
    public string Url { get; }

    /// <summary>
    /// The <c>Host</c> header, or <c>:authority</c>, as sent, several different values joined with
    /// <c>", "</c>; null where it is not known.
    /// </summary>
    public string? Authority { get; init; }

    /// <summary>
    /// The scheme of the connection as the server knows it (<c>http</c>, <c>https</c>, <c>ws</c>,
    /// <c>wss</c>), never as the request says it; null where it is not known.
    /// </summary>
    public string? Scheme { get; init; }

    /// <summary>The headers.</summary>
    [JsonIgnore]
    public WebhookHeaders Headers { get; }

    /// <summary>The raw body.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The address of the directly connected peer, where it is known.</summary>
    public IPAddress? PeerAddress { get; init; }

    /// <summary>The time to verify at, in unix seconds; null for the clock of the verifier.</summary>
    public long? Now { get; init; }

    /// <summary>False for a null array and for a default value.</summary>
    internal bool HasBody { get; }

    private static ReadOnlyMemory<byte> Copy(byte[]? body)
    {
        // Zeros first would cost as much as the copy.
        byte[] copy = GC.AllocateUninitializedArray<byte>(body?.Length ?? 0);
        body.AsSpan().CopyTo(copy);
        return copy;
    }
}
