namespace Hookseal.Native;

/// <summary>Owns one native token issuer.</summary>
internal sealed unsafe class IssuerHandle : NativeHandle
{
    internal IssuerHandle(VerifierOptions? options)
        : base(options, NativeMethods.IssuerNew)
    {
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.IssuerFree(handle);
        return true;
    }
}
