namespace Hookseal;

/// <summary>A delivery was rejected, or is a challenge of the provider, see <see cref="Reply"/>.</summary>
public sealed class VerificationException : HooksealException
{
    private readonly VerificationFailure _failure;

    internal VerificationException(VerificationFailure failure)
        : base(failure.Code, failure.Detail) => _failure = failure;

    /// <inheritdoc/>
    public override int Status => _failure.Status;

    /// <inheritdoc cref="VerificationFailure.Authenticate"/>
    public string? Authenticate => _failure.Authenticate;

    /// <inheritdoc cref="VerificationFailure.Reply"/>
    public HttpReply? Reply => _failure.Reply;
}
