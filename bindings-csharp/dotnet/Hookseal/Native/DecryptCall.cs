using System.Runtime.CompilerServices;
using System.Text;

namespace Hookseal.Native;

/// <summary>The call of <c>hookseal_decrypt</c>.</summary>
internal static unsafe class DecryptCall
{
    /// <summary>More than the longest name of a cipher.</summary>
    private const int CipherNameSize = 64;

    [SkipLocalsInit]
    internal static byte[] Decrypt(
        VerifierHandle verifier,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> iv,
        string? cipher)
    {
        byte* name = stackalloc byte[CipherNameSize];
        // What does not fit becomes the empty name, which is refused as any other that no cipher has.
        Encoding.UTF8.TryGetBytes(cipher, new Span<byte>(name, CipherNameSize), out int nameLength);
        byte* plaintext;
        nuint length;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        fixed (byte* ciphertextBytes = ciphertext)
        fixed (byte* ivBytes = iv)
        {
            int code = NativeMethods.Decrypt(
                verifier,
                ciphertextBytes,
                (nuint)ciphertext.Length,
                ivBytes,
                (nuint)iv.Length,
                cipher is null ? null : name,
                (nuint)nameLength,
                &plaintext,
                &length,
                detail,
                NativeMethods.DetailSize);
            if (code != NativeMethods.Ok)
            {
                throw NativeText.Rejection(code, detail);
            }
        }
        try
        {
            byte[] copy = GC.AllocateUninitializedArray<byte>((int)length);
            new ReadOnlySpan<byte>(plaintext, (int)length).CopyTo(copy);
            return copy;
        }
        finally
        {
            NativeMethods.PlaintextFree(plaintext, length);
        }
    }
}
