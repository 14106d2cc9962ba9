using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// The URL with the target exactly as it came over the wire. <c>Request.Path</c> and
/// <c>Request.GetDisplayUrl()</c> are decoded, and a signature over the URL would not survive that.
/// </summary>
internal static class RequestUrl
{
    internal static string AsSent(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        HostString host = context.Request.Host;
        // A target that is a whole URL says it all. Without a host there is none to put in front, and
        // only a verifier with a public_url can go on.
        return target.StartsWith('/') && host.HasValue
            ? $"{context.Request.Scheme}://{host.Value}{target}"
            : target;
    }
}
