using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// What the server received, kept before any middleware changes it: <c>UseForwardedHeaders</c> and others
/// rewrite scheme, host, address and headers in place, after what the caller says.
/// </summary>
internal sealed class ReceivedRequest
{
    /// <summary>What proxies say. The verifier believes it where <c>trusted_proxies</c> says so.</summary>
    private static readonly string[] s_forwardedNames =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto"];

    /// <summary>By position in <see cref="s_forwardedNames"/>; null where there is none of them.</summary>
    private readonly StringValues[]? _forwarded;

    private ReceivedRequest(HttpContext context)
    {
        HttpRequest request = context.Request;
        Target = context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target
            ? target
            // No wire, no target: an in-process test server.
            : TargetOf(request);
        StringValues host = request.Headers.Host;
        // RFC 9110 section 5.3. More than one host is rejected, and so is this.
        Authority = host.Count > 1 ? string.Join(", ", host.ToArray()) : host.ToString();
        Scheme = request.Scheme;
        Peer = context.Connection.RemoteIpAddress;
        ContentLength = request.ContentLength;
        IsChunked = request.Headers.ContainsKey(HeaderNames.TransferEncoding);
        IsEncoded = request.Headers.ContainsKey(HeaderNames.ContentEncoding);
        for (int index = 0; index < s_forwardedNames.Length; index++)
        {
            if (request.Headers.TryGetValue(s_forwardedNames[index], out StringValues values))
            {
                _forwarded ??= new StringValues[s_forwardedNames.Length];
                _forwarded[index] = values;
            }
        }
    }

    /// <summary>
    /// The request target as it stood in the request line. <c>Request.Path</c> is decoded, and a signature
    /// over the URL would not survive that.
    /// </summary>
    internal string Target { get; }

    /// <summary>The <c>Host</c> header, or <c>:authority</c>.</summary>
    internal string Authority { get; }

    /// <summary>The scheme of the connection, whatever form the target has.</summary>
    internal string Scheme { get; }

    /// <summary>The address of the socket; null where there is none.</summary>
    internal IPAddress? Peer { get; }

    internal long? ContentLength { get; }

    /// <summary>Whether the body came in a transfer coding, so that its length is not known before its end.</summary>
    internal bool IsChunked { get; }

    /// <summary>Whether the body came in a content coding, e.g. <c>gzip</c>.</summary>
    internal bool IsEncoded { get; }

    /// <summary>The request as it was kept; as it is now where the application has no pipeline that keeps it.</summary>
    internal static ReceivedRequest Of(HttpContext context) =>
        context.Features.Get<ReceivedRequest>() ?? new ReceivedRequest(context);

    /// <summary>Keeps the request as it is now.</summary>
    internal static void Keep(HttpContext context) => context.Features.Set(new ReceivedRequest(context));

    /// <summary>The values of a header that proxies write, as they were received.</summary>
    /// <returns>False for every other header.</returns>
    internal bool TryGetForwarded(string name, out StringValues values)
    {
        int index = Array.FindIndex(s_forwardedNames, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        values = index < 0 || _forwarded is null ? default : _forwarded[index];
        return index >= 0;
    }

    private static string TargetOf(HttpRequest request)
    {
        string path = request.PathBase.ToUriComponent() + request.Path.ToUriComponent();
        return (path.Length == 0 ? "/" : path) + request.QueryString.ToUriComponent();
    }
}
