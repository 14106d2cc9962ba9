using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// Stands in front of a handler. The one place where the handler is called comes after the one place
/// where a request is verified.
/// </summary>
internal sealed partial class WebhookGate(WebhookRegistration registration, TimeProvider clock, ILogger<WebhookGate> logger)
{
    private readonly Verifier _verifier = registration.Verifier;

    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        (VerifiedEvent? verified, VerificationFailure? failure) = await VerifyAsync(context);
        if (failure?.Reply is { } handshake)
        {
            await ReplyWriter.WriteAsync(context.Response, handshake);
            return;
        }
        if (verified is null)
        {
            await RejectAsync(context, failure!);
            return;
        }
        context.Features.Set(verified);
        context.RequestServices.GetRequiredService<VerifiedEventHolder>().Event = verified;
        await next(context);
    }

    private async ValueTask<(VerifiedEvent? Verified, VerificationFailure? Failure)> VerifyAsync(HttpContext context)
    {
        (ReadOnlyMemory<byte> body, VerificationFailure? unreadable) =
            await RequestBody.ReadAsync(context, _verifier.MaxBodyBytes);
        if (unreadable is not null)
        {
            return (null, unreadable);
        }
        var request = new WebhookRequest(
            context.Request.Method,
            RequestUrl.AsSent(context),
            WebhookHeaders.From(new RequestHeaders(context.Request.Headers)),
            body)
        {
            PeerAddress = context.Connection.RemoteIpAddress,
            Now = clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        VerificationResult result = await _verifier.TryVerifyAsync(request, context.RequestAborted);
        return (result.Event, result.Failure);
    }

    private async Task RejectAsync(HttpContext context, VerificationFailure failure)
    {
        LogRejected(logger, registration.Name, failure.CodeText, failure.Detail);
        SetRejection(context.Response, failure);
        if (registration.Options.OnRejected is { } onRejected)
        {
            try
            {
                await onRejected(new WebhookRejection(context, registration.Name, failure));
            }
            catch (Exception error)
            {
                LogHookFailed(logger, registration.Name, error);
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

    [LoggerMessage(1, LogLevel.Warning, "Webhook {Webhook} rejected: {Code}: {Detail}")]
    private static partial void LogRejected(ILogger logger, string webhook, string code, string detail);

    [LoggerMessage(2, LogLevel.Error, "OnRejected of webhook {Webhook} failed; the request stays rejected")]
    private static partial void LogHookFailed(ILogger logger, string webhook, Exception error);
}
