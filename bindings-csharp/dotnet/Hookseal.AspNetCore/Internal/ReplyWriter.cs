using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hookseal.AspNetCore.Internal;

/// <summary>Sends a response of the library byte for byte, with its length, so that it is not chunked.</summary>
internal static class ReplyWriter
{
    internal static async Task WriteAsync(HttpResponse response, HttpReply reply)
    {
        response.StatusCode = reply.Status;
        foreach ((string name, string value) in reply.Headers)
        {
            response.Headers.Append(name, value);
        }
        byte[] body = Encoding.UTF8.GetBytes(reply.Body);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }
}
