using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Hookseal.Native;

/// <summary>
/// Owns one native object that was made from options. Every native call holds a reference for its length, so
/// that a <see cref="IDisposable.Dispose"/> on another thread frees the keys only after the last call.
/// </summary>
internal abstract unsafe class NativeHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <exception cref="ConfigurationException">An option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    private protected NativeHandle(VerifierOptions? options, Constructor construct)
        : base(ownsHandle: true)
    {
        NativeLoader.EnsureUsable();
        ArrayBufferWriter<byte> json = (options ?? new VerifierOptions()).ToJson();
        nint made = 0;
        int code;
        byte* detail = stackalloc byte[NativeMethods.ConfigurationDetailSize];
        fixed (byte* jsonBytes = json.WrittenSpan)
        {
            code = construct(jsonBytes, (nuint)json.WrittenCount, &made, detail, NativeMethods.ConfigurationDetailSize);
        }
        // Overwrites the secrets in it.
        json.Clear();
        if (code != NativeMethods.Ok)
        {
            throw NativeText.Refusal(code, detail);
        }
        SetHandle(made);
    }

    /// <summary>A native function that makes an object.</summary>
    private protected delegate int Constructor(
        byte* optionsJson, nuint optionsJsonLength, nint* made, byte* detail, nuint detailSize);
}
