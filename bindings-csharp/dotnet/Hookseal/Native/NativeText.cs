using System.Runtime.InteropServices;
using System.Text;

namespace Hookseal.Native;

/// <summary>Texts on their way across the boundary.</summary>
internal static unsafe class NativeText
{
    /// <summary>Rejects lone surrogates, where a replaced character would silently be another secret.</summary>
    internal static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes up to the NUL.</summary>
    internal static ReadOnlySpan<byte> Read(byte* text) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);

    /// <summary>Copies a text that the library handed out, and frees it; null for none.</summary>
    internal static string? Take(byte* text)
    {
        if (text is null)
        {
            return null;
        }
        try
        {
            return Encoding.UTF8.GetString(Read(text));
        }
        finally
        {
            NativeMethods.StringFree(text);
        }
    }

    /// <summary>The error that a native call left in its detail buffer, and in the answer that it handed out.</summary>
    internal static VerificationFailure Failure(int code, byte* detail, byte* answer = null) =>
        new((ErrorCode)code, Encoding.UTF8.GetString(Read(detail)), Take(answer));

    /// <summary>The exception for a message that cannot be signed or decrypted.</summary>
    internal static HooksealException Rejection(int code, byte* detail)
    {
        VerificationFailure failure = Failure(code, detail);
        return failure.Code == ErrorCode.Configuration
            ? new ConfigurationException(failure.Detail)
            : new VerificationException(failure);
    }

    /// <summary>The exception for an object that could not be made.</summary>
    internal static HooksealException Refusal(int code, byte* detail)
    {
        VerificationFailure failure = Failure(code, detail);
        return failure.Code == ErrorCode.Configuration
            ? new ConfigurationException(failure.Detail)
            : new HooksealException(failure.Code, failure.Detail);
    }
}
