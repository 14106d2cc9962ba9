namespace Hookseal;

/// <summary>Why a delivery was rejected, without an exception.</summary>
public sealed class VerificationFailure
{
    /// <summary>A failure; for integrations that reject a request before a verifier sees it.</summary>
    /// <param name="code">The code.</param>
    /// <param name="detail">The reason, without secrets and without parts of the body.</param>
    public VerificationFailure(ErrorCode code, string detail)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>The frozen code.</summary>
    public ErrorCode Code { get; }

    /// <summary>The code as all languages write it, e.g. <c>signature_mismatch</c>.</summary>
    public string CodeText => Code.ToText();

    /// <summary>The HTTP status to answer with.</summary>
    public int Status => Code.ToHttpStatus();

    /// <summary>
    /// The reason, for the receiver's own log. Never send it to the caller. It holds no secret, no
    /// expected signature and no part of the body.
    /// </summary>
    public string Detail { get; }

    /// <summary><c>code: detail</c>.</summary>
    /// <returns>The text for a log.</returns>
    public override string ToString() => $"{CodeText}: {Detail}";
}
