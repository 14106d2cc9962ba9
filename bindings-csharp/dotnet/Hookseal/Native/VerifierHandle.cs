using System.Runtime.InteropServices;

namespace Hookseal.Native;

/// <summary>
/// Owns one native verifier. Every native call holds a reference for its length, so that a
/// <see cref="IDisposable.Dispose"/> on another thread frees the keys only after the last call.
/// </summary>
internal sealed class VerifierHandle : SafeHandle
{
    internal VerifierHandle(nint verifier)
        : base(invalidHandleValue: 0, ownsHandle: true) => SetHandle(verifier);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.VerifierFree(handle);
        return true;
    }
}
