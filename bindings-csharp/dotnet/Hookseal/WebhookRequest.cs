using System.Net;

namespace Hookseal;

/// <summary>One HTTP request as it came in. Nothing of it is changed or normalised.</summary>
public readonly struct WebhookRequest
{
    /// <summary>A request with its body in memory.</summary>
    /// <param name="method">The method as received, e.g. <c>POST</c>.</param>
    /// <param name="url">
    /// The absolute URL as the provider called it, or, for a verifier with a <c>public_url</c>, the
    /// request target (<c>/path?query</c>).
    /// </param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">The raw bytes, before any parser. Borrowed: don't change them during a call.</param>
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
    /// <param name="url">
    /// The absolute URL as the provider called it, or, for a verifier with a <c>public_url</c>, the
    /// request target (<c>/path?query</c>).
    /// </param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">
    /// The raw bytes, before any parser. An empty array is an empty body; null is no body at all and
    /// is rejected with <see cref="ErrorCode.BodyAlreadyParsed"/>.
    /// </param>
    public WebhookRequest(string method, string url, WebhookHeaders headers, byte[]? body)
        : this(method, url, headers, body.AsMemory()) => HasBody = body is not null;

    /// <summary>The method as received.</summary>
    public string Method { get; }

    /// <summary>The URL as the provider called it.</summary>
    public string Url { get; }

    /// <summary>The headers.</summary>
    public WebhookHeaders Headers { get; }

    /// <summary>The raw body.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The address of the directly connected peer, where it is known.</summary>
    public IPAddress? PeerAddress { get; init; }

    /// <summary>The time to verify at, in unix seconds; null for the system clock. For tests.</summary>
    public long? Now { get; init; }

    /// <summary>False for a null array and for a default value.</summary>
    internal bool HasBody { get; }
}
