using Microsoft.AspNetCore.Http;

namespace Hookseal.AspNetCore;

/// <summary>A request that was rejected.</summary>
public sealed class WebhookRejection
{
    internal WebhookRejection(HttpContext httpContext, string webhook, VerificationFailure failure)
    {
        HttpContext = httpContext;
        Webhook = webhook;
        Failure = failure;
    }

    /// <summary>The request, and the response to it.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The name of the webhook.</summary>
    public string Webhook { get; }

    /// <summary>Why it was rejected. For your log, not for the caller.</summary>
    public VerificationFailure Failure { get; }
}
