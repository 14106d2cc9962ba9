using Microsoft.AspNetCore.Http;

namespace Hookseal.AspNetCore.Internal;

/// <summary>Hands the requests of a token endpoint to its issuer, and sends what it replies.</summary>
internal sealed class TokenEndpoint(TokenIssuer issuer, TimeProvider clock)
{
    internal async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        // One byte more than is accepted, so that the issuer refuses what is larger.
        byte[] buffer = new byte[issuer.MaxBodyBytes + 1];
        int length = await request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        HttpReply reply = issuer.Respond(
            request.Method,
            request.ContentType,
            request.Headers.Authorization,
            buffer.AsSpan(0, length),
            clock.GetUtcNow().ToUnixTimeSeconds());
        await ReplyWriter.WriteAsync(context.Response, reply);
    }
}
