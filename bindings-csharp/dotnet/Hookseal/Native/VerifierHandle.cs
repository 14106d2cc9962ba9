namespace Hookseal.Native;

/// <summary>Owns one native verifier.</summary>
internal sealed unsafe class VerifierHandle : NativeHandle
{
    internal VerifierHandle(byte[] scheme, VerifierOptions? options)
        : base(options, (optionsJson, optionsJsonLength, made, detail, detailSize) =>
        {
            fixed (byte* start = scheme)
            {
                return NativeMethods.VerifierNew(
                    start, (nuint)scheme.Length, optionsJson, optionsJsonLength, made, detail, detailSize);
            }
        })
    {
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.VerifierFree(handle);
        return true;
    }
}
