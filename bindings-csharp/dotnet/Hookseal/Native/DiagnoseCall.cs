using System.Text;

namespace Hookseal.Native;

/// <summary>
/// <c>hookseal_diagnose</c>: why a request was rejected, as far as headers show it that a verifier does not
/// read. Called after a rejection only.
/// </summary>
internal static unsafe class DiagnoseCall
{
    /// <summary>Room on the stack for what a usual request says.</summary>
    private const int InlineRequestSize = 1024;

    /// <summary>As much of a body as tells how it is encoded.</summary>
    private const int BeginningSize = 16;

    /// <summary>
    /// The failure with what all headers show of its cause. They are read a second time; what gives none this
    /// time adds nothing.
    /// </summary>
    internal static VerificationFailure Complete(
        VerifierHandle verifier,
        VerifierDescription description,
        in WebhookRequest request,
        VerificationFailure failure)
    {
        if (failure.Code is ErrorCode.Configuration or ErrorCode.Internal or ErrorCode.Challenge)
        {
            return failure;
        }
        string more = More(verifier, description, request, failure.Code);
        return more.Length == 0 ? failure : failure.With(more);
    }

    private static string More(
        VerifierHandle verifier, VerifierDescription description, in WebhookRequest request, ErrorCode code)
    {
        byte* peer = stackalloc byte[RequestBuffer.AddressSize];
        byte* more = stackalloc byte[NativeMethods.DetailSize];
        ReadOnlySpan<byte> beginning = request.Body.Span[..Math.Min(request.Body.Length, BeginningSize)];
        var buffer = new RequestBuffer(stackalloc byte[InlineRequestSize]);
        try
        {
            buffer.Fill(request, description.DiagnosticHeaderNames, new Span<byte>(peer, RequestBuffer.AddressSize));
            if (buffer.IsTooLarge)
            {
                return "";
            }
            fixed (byte* start = buffer.Written)
            fixed (byte* body = beginning)
            {
                buffer.PointAt(start, body, beginning.Length, peer, out NativeRequest parts);
                int answer = NativeMethods.Diagnose(verifier, (int)code, &parts, more, NativeMethods.DetailSize);
                return answer == NativeMethods.Ok ? Encoding.UTF8.GetString(NativeText.Read(more)) : "";
            }
        }
        catch (Exception)
        {
            // The headers are foreign code, and the refusal stands without them.
            return "";
        }
        finally
        {
            buffer.Return();
        }
    }
}
