using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hookseal.AspNetCore.Internal;

/// <summary>Hands the requests of a token endpoint to its issuer, and sends what it replies.</summary>
internal sealed partial class TokenEndpoint(TokenIssuer issuer, TimeProvider clock, ILogger logger)
{
    internal async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        // One byte more than is accepted, so that the issuer rejects what is larger.
        byte[] buffer = new byte[issuer.MaxBodyBytes + 1];
        int length = await request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        HttpReply reply = issuer.Respond(
            request.Method,
            request.ContentType,
            request.Headers.Authorization,
            buffer.AsSpan(0, length),
            clock.GetUtcNow().ToUnixTimeSeconds());
        if (reply.Status != StatusCodes.Status200OK)
        {
            LogRefusal(logger, reply.Status, reply.Body);
        }
        await ReplyWriter.WriteAsync(context.Response, reply);
    }

    [LoggerMessage(6, LogLevel.Warning, "Issued no token: {Status} {Body}")]
    private static partial void LogRefusal(ILogger logger, int status, string body);
}
