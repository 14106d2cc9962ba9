using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Hookseal.AspNetCore.Internal;

/// <summary>Reads the raw body once, within a bound, and leaves it readable for the handler.</summary>
internal static class RequestBody
{
    /// <summary>
    /// The first buffer. A sender that announces much and sends nothing gets no more than this.
    /// </summary>
    private const int FirstBuffer = 64 << 10;

    internal static async ValueTask<(ReadOnlyMemory<byte> Body, VerificationFailure? Failure)> ReadAsync(
        HttpContext context,
        ReceivedRequest received,
        long limit)
    {
        HttpRequest request = context.Request;
        if (received.ContentLength > limit)
        {
            return (default, TooLarge(limit));
        }
        Stream stream = request.Body;
        if (stream.CanSeek)
        {
            // Somebody buffers it, so whoever read it before took nothing away.
            stream.Position = 0;
        }
        else if (context.Features.Get<IFormFeature>()?.Form is not null)
        {
            return (default, AlreadyRead());
        }
        RaiseServerLimit(context, limit);
        ArraySegment<byte>? body;
        try
        {
            body = await ReadToEndAsync(stream, received.ContentLength, limit, context.RequestAborted);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            body = null;
        }
        catch (InvalidDataException)
        {
            // What a decompressing stream answers to what is not compressed.
            return (default, Decompressed());
        }
        catch (InvalidOperationException)
        {
            // What a server's stream answers after its reader was completed or disposed.
            return (default, AlreadyRead());
        }
        if (body is not { } bytes)
        {
            return (default, TooLarge(limit));
        }
        if (!WasDecompressed(request, received)
            && received is { IsChunked: false, ContentLength: { } announced }
            && bytes.Count != announced)
        {
            return (default, AlreadyRead());
        }
        if (stream.CanSeek)
        {
            stream.Position = 0;
        }
        else
        {
            request.Body = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        }
        return (bytes, null);
    }

    /// <summary>
    /// What a verdict really says where the body is not the one that was sent: a fault of the application and
    /// not of the sender. Null where nothing speaks for that.
    /// </summary>
    internal static VerificationFailure? Explain(
        HttpContext context,
        ReceivedRequest received,
        ReadOnlyMemory<byte> body,
        VerificationResult verdict)
    {
        bool isProven = verdict.IsVerified && verdict.Event.Covers.Body != CoverageLevel.None;
        bool isOfAnotherBody = verdict.Failure?.Code
            is ErrorCode.SignatureMismatch or ErrorCode.BodyMismatch or ErrorCode.DecryptionFailed;
        if (isProven || !(verdict.IsVerified || isOfAnotherBody))
        {
            return null;
        }
        // An empty body without a length, where the server says that there is one, was eaten before.
        bool canHaveBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? received.IsChunked;
        if (body.IsEmpty && received.ContentLength is null && canHaveBody)
        {
            return AlreadyRead();
        }
        return isOfAnotherBody && WasDecompressed(context.Request, received) ? Decompressed() : null;
    }

    /// <summary>Whether a middleware took the content coding off: it removes the header then.</summary>
    private static bool WasDecompressed(HttpRequest request, ReceivedRequest received) =>
        received.IsEncoded && !request.Headers.ContainsKey(HeaderNames.ContentEncoding);

    /// <summary>The whole stream, or null where it is longer than the limit.</summary>
    private static async ValueTask<ArraySegment<byte>?> ReadToEndAsync(
        Stream stream,
        long? announced,
        long limit,
        CancellationToken cancellation)
    {
        // One byte more than announced, so that the end is seen without a larger buffer.
        byte[] buffer = new byte[Math.Clamp((announced ?? 4095) + 1, 1, FirstBuffer)];
        int length = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            length += read;
            if (length > limit)
            {
                return null;
            }
            if (read == 0)
            {
                return new ArraySegment<byte>(buffer, 0, length);
            }
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, checked((int)Math.Min(2L * length, Array.MaxLength)));
            }
        }
    }

    /// <summary>The option <c>max_body_bytes</c> is the limit, also where it is more than the server's own.</summary>
    private static void RaiseServerLimit(HttpContext context, long limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: { } own } feature
            && own < limit)
        {
            feature.MaxRequestBodySize = limit;
        }
    }

    private static VerificationFailure TooLarge(long limit) =>
        new(ErrorCode.BodyTooLarge, $"the body is larger than max_body_bytes, {limit} bytes");

    private static VerificationFailure AlreadyRead() => new(
        ErrorCode.BodyAlreadyParsed,
        "something read the body before it was verified; call context.Request.EnableBuffering() before "
        + "whatever reads it, or move that behind the webhook's endpoint");

    private static VerificationFailure Decompressed() => new(
        ErrorCode.BodyAlreadyParsed,
        "the body was decompressed before it was verified, and other bytes were signed; keep "
        + "UseRequestDecompression() away from the webhook, e.g. with UseWhen()");
}
