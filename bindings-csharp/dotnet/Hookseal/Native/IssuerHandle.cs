using System.Runtime.InteropServices;

namespace Hookseal.Native;

/// <summary>Owns one native token issuer, as <see cref="VerifierHandle"/> owns a verifier.</summary>
internal sealed class IssuerHandle : SafeHandle
{
    internal IssuerHandle(nint issuer)
        : base(invalidHandleValue: 0, ownsHandle: true) => SetHandle(issuer);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.IssuerFree(handle);
        return true;
    }
}
