using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Hookseal.Native;

/// <summary>The call of <c>hookseal_decrypt</c>.</summary>
internal static unsafe class DecryptCall
{
    /// <summary>What is not longer is decrypted on the stack: the result alone is allocated.</summary>
    private const int OnStack = 4 * 1024;

    /// <summary>More than the longest name of a cipher.</summary>
    private const int CipherNameSize = 64;

    [SkipLocalsInit]
    internal static byte[] Decrypt(
        VerifierHandle verifier,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> iv,
        string? cipher)
    {
        byte* stack = stackalloc byte[OnStack];
        byte* heap = ciphertext.Length > OnStack ? (byte*)NativeMemory.Alloc((nuint)ciphertext.Length) : null;
        try
        {
            var text = new Span<byte>(heap is null ? stack : heap, ciphertext.Length);
            ciphertext.CopyTo(text);
            return text[..InPlace(verifier, text, iv, cipher)].ToArray();
        }
        finally
        {
            NativeMemory.Free(heap);
        }
    }

    /// <returns>The length of what <paramref name="text"/> holds then.</returns>
    [SkipLocalsInit]
    private static int InPlace(VerifierHandle verifier, Span<byte> text, ReadOnlySpan<byte> iv, string? cipher)
    {
        byte* name = stackalloc byte[CipherNameSize];
        // What does not fit becomes the empty name, which is rejected as any other that no cipher has.
        Encoding.UTF8.TryGetBytes(cipher, new Span<byte>(name, CipherNameSize), out int nameLength);
        nuint length;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        fixed (byte* textBytes = text)
        fixed (byte* ivBytes = iv)
        {
            int code = NativeMethods.Decrypt(
                verifier,
                textBytes,
                (nuint)text.Length,
                ivBytes,
                (nuint)iv.Length,
                cipher is null ? null : name,
                (nuint)nameLength,
                &length,
                detail,
                NativeMethods.DetailSize);
            return code == NativeMethods.Ok ? (int)length : throw NativeText.Rejection(code, detail);
        }
    }
}
