using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Hookseal.Native;

/// <summary>The calls that a delivery needs: <c>hookseal_verify</c>, and what goes with it.</summary>
internal static unsafe class VerifyCall
{
    /// <summary>Room on the stack for the method, the URL and the few headers of a usual request.</summary>
    private const int InlineRequestSize = 1536;

    /// <summary>The bytes of an IPv6 address.</summary>
    private const int MaxAddressSize = 16;

    private const string NoBody =
        "there is no body: pass the raw bytes of the request, read before any parser; an empty body is an empty array";

    /// <summary>Verifies one request, with what the issuer of its token said where that was asked.</summary>
    [SkipLocalsInit]
    internal static bool TryVerify(
        VerifierHandle verifier,
        VerifierDescription description,
        in WebhookRequest request,
        byte[]? introspection,
        [NotNullWhen(true)] out VerifiedEvent? verified,
        [NotNullWhen(false)] out VerificationFailure? failure)
    {
        verified = null;
        if (request.Method is null || request.Url is null)
        {
            throw new ConfigurationException($"the {(request.Method is null ? "method" : "URL")} of the request is null");
        }
        if (!request.HasBody)
        {
            failure = new VerificationFailure(ErrorCode.BodyAlreadyParsed, NoBody);
            return false;
        }
        byte* peer = stackalloc byte[MaxAddressSize];
        int peerLength = 0;
        request.PeerAddress?.TryWriteBytes(new Span<byte>(peer, MaxAddressSize), out peerLength);
        long now = request.Now.GetValueOrDefault();
        NativeFacts facts;
        byte* answer = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        var buffer = new HeaderValues(stackalloc byte[InlineRequestSize]);
        try
        {
            buffer.AppendText(request.Method);
            int methodLength = buffer.Length;
            buffer.AppendText(request.Url);
            int urlEnd = buffer.Length;
            request.Headers.Pack(description.HeaderNames, ref buffer);
            if (buffer.IsTooLarge)
            {
                failure = new VerificationFailure(ErrorCode.BodyTooLarge, "the URL or the headers are too large");
                return false;
            }
            fixed (byte* start = buffer.Written)
            fixed (byte* body = request.Body.Span)
            fixed (byte* introspectionBytes = introspection)
            {
                int code = NativeMethods.Verify(
                    verifier,
                    start,
                    (nuint)methodLength,
                    start + methodLength,
                    (nuint)(urlEnd - methodLength),
                    start + urlEnd,
                    (nuint)(buffer.Length - urlEnd),
                    body,
                    (nuint)request.Body.Length,
                    peer,
                    (nuint)peerLength,
                    introspectionBytes,
                    (nuint)(introspection?.Length ?? 0),
                    request.Now.HasValue ? &now : null,
                    &facts,
                    &answer,
                    detail,
                    NativeMethods.DetailSize);
                if (code != NativeMethods.Ok)
                {
                    failure = NativeText.Failure(code, detail, answer);
                    return false;
                }
                // The delivery id lies in the inputs, so it is read while they are fixed.
                verified = Take(description, ref facts, request.Body);
                failure = null;
                return true;
            }
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>The token to ask about; null where there is none.</summary>
    internal static string? BearerToken(VerifierHandle verifier, VerifierDescription description, WebhookHeaders headers)
    {
        byte* token;
        nuint length;
        var buffer = new HeaderValues(stackalloc byte[InlineRequestSize]);
        try
        {
            headers.Pack(description.HeaderNames, ref buffer);
            fixed (byte* start = buffer.Written)
            {
                int code = NativeMethods.BearerToken(verifier, start, (nuint)buffer.Length, &token, &length, null, 0);
                return code == NativeMethods.Ok ? Encoding.UTF8.GetString(token, checked((int)length)) : null;
            }
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Copies the facts, and frees what the native library allocated for them.</summary>
    private static VerifiedEvent Take(VerifierDescription description, ref NativeFacts facts, ReadOnlyMemory<byte> body)
    {
        try
        {
            return new VerifiedEvent(description, facts, body);
        }
        finally
        {
            if (facts.IsOwner)
            {
                fixed (NativeFacts* all = &facts)
                {
                    NativeMethods.FactsFree(all);
                }
            }
        }
    }
}
