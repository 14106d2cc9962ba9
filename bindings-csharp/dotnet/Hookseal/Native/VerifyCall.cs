using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Hookseal.Native;

/// <summary>The calls that a delivery needs: <c>hookseal_verify</c>, and what goes with it.</summary>
internal static unsafe class VerifyCall
{
    /// <summary>Room on the stack for the method, the URL and the few headers of a usual request.</summary>
    private const int InlineRequestSize = 1536;

    private const string NoBody =
        "there is no body: pass the raw bytes of the request, read before any parser; an empty body is an empty array";

    /// <summary>Verifies one request, with what the issuer of its token said where that was asked.</summary>
    [SkipLocalsInit]
    internal static bool TryVerify(
        VerifierHandle verifier,
        VerifierDescription description,
        in WebhookRequest request,
        long? now,
        byte[]? introspection,
        [NotNullWhen(true)] out VerifiedEvent? verified,
        [NotNullWhen(false)] out VerificationFailure? failure)
    {
        verified = null;
        RejectNull(request);
        if (!request.HasBody)
        {
            failure = new VerificationFailure(ErrorCode.BodyAlreadyParsed, NoBody);
            return false;
        }
        byte* peer = stackalloc byte[RequestBuffer.AddressSize];
        long seconds = now.GetValueOrDefault();
        NativeFacts facts;
        byte* answer = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        var buffer = new RequestBuffer(stackalloc byte[InlineRequestSize]);
        try
        {
            buffer.Fill(request, description.HeaderNames, new Span<byte>(peer, RequestBuffer.AddressSize));
            if (buffer.IsTooLarge)
            {
                failure = TooLarge();
                return false;
            }
            fixed (byte* start = buffer.Written)
            fixed (byte* body = request.Body.Span)
            fixed (byte* introspectionBytes = introspection)
            {
                buffer.PointAt(start, body, request.Body.Length, peer, out NativeRequest parts);
                int code = NativeMethods.Verify(
                    verifier,
                    &parts,
                    introspectionBytes,
                    (nuint)(introspection?.Length ?? 0),
                    now.HasValue ? &seconds : null,
                    &facts,
                    &answer,
                    detail,
                    NativeMethods.DetailSize);
                if (code != NativeMethods.Ok)
                {
                    failure = DiagnoseCall.Complete(
                        verifier, description, request, NativeText.Failure(code, detail, answer));
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

    /// <summary>Rejects what can be rejected without the body. True does not mean verified.</summary>
    [SkipLocalsInit]
    internal static bool CheckHead(
        VerifierHandle verifier,
        VerifierDescription description,
        in WebhookRequest request,
        long? now,
        [NotNullWhen(false)] out VerificationFailure? failure)
    {
        RejectNull(request);
        byte* peer = stackalloc byte[RequestBuffer.AddressSize];
        long seconds = now.GetValueOrDefault();
        byte* answer = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        var buffer = new RequestBuffer(stackalloc byte[InlineRequestSize]);
        try
        {
            buffer.Fill(request, description.HeaderNames, new Span<byte>(peer, RequestBuffer.AddressSize));
            if (buffer.IsTooLarge)
            {
                failure = TooLarge();
                return false;
            }
            fixed (byte* start = buffer.Written)
            {
                buffer.PointAt(start, null, 0, peer, out NativeRequest parts);
                int code = NativeMethods.CheckHead(
                    verifier, &parts, now.HasValue ? &seconds : null, &answer, detail, NativeMethods.DetailSize);
                failure = code == NativeMethods.Ok
                    ? null
                    : DiagnoseCall.Complete(verifier, description, request, NativeText.Failure(code, detail, answer));
                return failure is null;
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
        byte* peer = stackalloc byte[RequestBuffer.AddressSize];
        var buffer = new RequestBuffer(stackalloc byte[InlineRequestSize]);
        try
        {
            buffer.Fill(headers, description.HeaderNames);
            fixed (byte* start = buffer.Written)
            {
                buffer.PointAt(start, null, 0, peer, out NativeRequest parts);
                int code = NativeMethods.BearerToken(verifier, &parts, &token, &length, null, 0);
                return code == NativeMethods.Ok ? Encoding.UTF8.GetString(token, checked((int)length)) : null;
            }
        }
        finally
        {
            buffer.Return();
        }
    }

    private static void RejectNull(in WebhookRequest request)
    {
        if (request.Method is null || request.Url is null)
        {
            throw new ConfigurationException($"the {(request.Method is null ? "method" : "URL")} of the request is null");
        }
    }

    private static VerificationFailure TooLarge() =>
        new(ErrorCode.BodyTooLarge, "the URL or the headers are too large");

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
