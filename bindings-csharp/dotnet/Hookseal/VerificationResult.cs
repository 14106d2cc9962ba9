using System.Diagnostics.CodeAnalysis;

namespace Hookseal;

/// <summary>The verdict on one request.</summary>
public sealed class VerificationResult
{
    internal VerificationResult(VerifiedEvent? verified, VerificationFailure? failure)
    {
        Event = verified;
        Failure = failure;
    }

    /// <summary>True when the request is verified.</summary>
    [MemberNotNullWhen(true, nameof(Event))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsVerified => Event is not null;

    /// <summary>What is verified; null where the request is rejected.</summary>
    public VerifiedEvent? Event { get; }

    /// <summary>Why the request is rejected; null where it is not.</summary>
    public VerificationFailure? Failure { get; }

    /// <summary>The event or the failure, as they show themselves.</summary>
    /// <returns>A text for a log.</returns>
    public override string ToString() => IsVerified ? Event.ToString() : Failure.ToString();
}
