namespace Hookseal;

/// <summary>A delivery was rejected.</summary>
public sealed class VerificationException : HooksealException
{
    internal VerificationException(VerificationFailure failure)
        : base(failure.Code, failure.Detail)
    {
    }
}
