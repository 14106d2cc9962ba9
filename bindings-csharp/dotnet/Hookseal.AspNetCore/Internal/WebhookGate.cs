using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// Stands in front of a handler. The one place where the handler is called comes after the one place
/// where a request is verified.
/// </summary>
/// <param name="registration">The webhook.</param>
/// <param name="verifier">Its verifier.</param>
/// <param name="clock">The clock of the application; null where it names none.</param>
/// <param name="logger">For what the caller must not learn.</param>
internal sealed partial class WebhookGate(
    WebhookRegistration registration,
    Verifier verifier,
    TimeProvider? clock,
    ILogger<WebhookGate> logger)
{
    internal string Name => registration.Name;

    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IOutputCacheFeature>()?.Context is { } caching)
        {
            // Whatever is answered here is for this caller alone.
            caching.AllowCacheStorage = false;
        }
        var received = ReceivedRequest.Of(context);
        (VerifiedEvent? verified, VerificationFailure? failure) = await VerifyAsync(context, received);
        if (verified is null)
        {
            // Perhaps that of a webhook further out.
            Hand(context, null);
            await AnswerAsync(context, received, failure!);
            return;
        }
        Hand(context, verified);
        KeepOutOfCaches(context);
        await next(context);
    }

    private async ValueTask<(VerifiedEvent? Verified, VerificationFailure? Failure)> VerifyAsync(
        HttpContext context,
        ReceivedRequest received)
    {
        long? now = clock?.GetUtcNow().ToUnixTimeSeconds();
        // What can be rejected without a body is not worth reading one.
        if (!verifier.TryCheckHead(Request(context, received, default, now), out VerificationFailure? rejected))
        {
            return (null, rejected);
        }
        (ReadOnlyMemory<byte> body, VerificationFailure? unreadable) =
            await RequestBody.ReadAsync(context, received, verifier.MaxBodyBytes);
        if (unreadable is not null)
        {
            return (null, unreadable);
        }
        VerificationResult verdict = await verifier.TryVerifyAsync(Request(context, received, body, now), context.RequestAborted);
        return RequestBody.Explain(context, received, body, verdict) is { } fault
            ? (null, fault)
            : (verdict.Event, verdict.Failure);
    }

    /// <summary>
    /// Target, authority, scheme and address are those of the connection. The method is the one that is
    /// served: one that a middleware took from a header must not run on a signature for another.
    /// </summary>
    private static WebhookRequest Request(
        HttpContext context,
        ReceivedRequest received,
        ReadOnlyMemory<byte> body,
        long? now) => new(
            context.Request.Method,
            received.Target,
            WebhookHeaders.From(new RequestHeaders(context.Request.Headers, received)),
            body)
        {
            Authority = received.Authority,
            Scheme = received.Scheme,
            PeerAddress = received.Peer,
            Now = now,
        };

    private static void Hand(HttpContext context, VerifiedEvent? verified)
    {
        context.Features.Set(verified);
        context.RequestServices.GetRequiredService<VerifiedEventHolder>().Event = verified;
    }

    /// <summary>
    /// What a handler answers and a cache in front of the gate keeps, is served without the gate. Caches that go
    /// by the response find that it varies by everything.
    /// </summary>
    private static void KeepOutOfCaches(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = "*";
        }
    }

    private async Task AnswerAsync(HttpContext context, ReceivedRequest received, VerificationFailure failure)
    {
        if (failure.Reply is { } reply)
        {
            await ReplyWriter.WriteAsync(context.Response, reply);
            return;
        }
        if (logger.IsEnabled(LogLevel.Warning))
        {
            LogRejected(logger, Name, verifier.Scheme, LoggedPath.Of(received.Target), failure.CodeText, failure.Detail);
        }
        SetRejection(context.Response, failure);
        if (registration.Options.OnRejected is { } onRejected)
        {
            try
            {
                await onRejected(new WebhookRejection(context, Name, failure));
            }
            catch (Exception error)
            {
                LogHookFailed(logger, Name, error);
                if (!context.Response.HasStarted)
                {
                    context.Response.Clear();
                    SetRejection(context.Response, failure);
                }
            }
        }
        if (!context.Response.HasStarted)
        {
            context.Response.ContentLength = Rejection.Body.Length;
            await context.Response.Body.WriteAsync(Rejection.Body);
        }
    }

    private static void SetRejection(HttpResponse response, VerificationFailure failure)
    {
        response.StatusCode = failure.Status;
        response.ContentType = Rejection.ContentType;
        if (failure.Authenticate is { } challenge)
        {
            response.Headers.WWWAuthenticate = challenge;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Webhook {Webhook} ({Scheme}) at {Path} rejected: {Code}: {Detail}")]
    private static partial void LogRejected(
        ILogger logger, string webhook, string scheme, string path, string code, string detail);

    [LoggerMessage(2, LogLevel.Error, "OnRejected of webhook {Webhook} failed; the request stays rejected")]
    private static partial void LogHookFailed(ILogger logger, string webhook, Exception error);
}
