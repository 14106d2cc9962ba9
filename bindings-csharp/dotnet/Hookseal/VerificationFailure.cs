using System.Text.Json;

namespace Hookseal;

/// <summary>Why a delivery was rejected, or is none, without an exception.</summary>
public sealed class VerificationFailure
{
    /// <summary>A failure; for integrations that reject a request before a verifier sees it.</summary>
    /// <param name="code">The code.</param>
    /// <param name="detail">The reason, without secrets and without parts of the body.</param>
    public VerificationFailure(ErrorCode code, string detail)
    {
        Code = code;
        Detail = detail;
        Status = code.ToHttpStatus();
    }

    /// <param name="code">The code.</param>
    /// <param name="detail">The reason.</param>
    /// <param name="answer">What the answer has besides the status of the code, as JSON; null where nothing.</param>
    internal VerificationFailure(ErrorCode code, string detail, string? answer)
        : this(code, detail)
    {
        if (answer is null)
        {
            return;
        }
        using JsonDocument document = JsonDocument.Parse(answer);
        Status = document.RootElement.GetProperty("status").GetInt32();
        Authenticate = document.RootElement.GetProperty("authenticate").GetString();
        JsonElement reply = document.RootElement.GetProperty("reply");
        Reply = reply.ValueKind == JsonValueKind.Null ? null : new HttpReply(reply);
    }

    private VerificationFailure(VerificationFailure failure, string more)
    {
        Code = failure.Code;
        Detail = failure.Detail + more;
        Status = failure.Status;
        Authenticate = failure.Authenticate;
        Reply = failure.Reply;
    }

    /// <summary>The frozen code.</summary>
    public ErrorCode Code { get; }

    /// <summary>The code as all languages write it, e.g. <c>signature_mismatch</c>.</summary>
    public string CodeText => Code.ToText();

    /// <summary>
    /// The HTTP status to answer with: that of the code, but for a few cases in which a standard asks for
    /// another one.
    /// </summary>
    public int Status { get; }

    /// <summary>
    /// The value of the <c>WWW-Authenticate</c> header to answer with (RFC 9110 section 11.6.1); null
    /// where there is to be none.
    /// </summary>
    public string? Authenticate { get; }

    /// <summary>
    /// What to send as it is where the code is <see cref="ErrorCode.Challenge"/>: the request is a
    /// challenge of the provider, neither a delivery nor a forgery. Null for every other code.
    /// </summary>
    public HttpReply? Reply { get; }

    /// <summary>
    /// The reason, for the receiver's own log. Never send it to the caller. It holds no secret, no
    /// expected signature and no part of the body.
    /// </summary>
    public string Detail { get; }

    /// <summary>The same failure with more behind its detail.</summary>
    internal VerificationFailure With(string more) => new(this, more);

    /// <summary><c>code: detail</c>.</summary>
    /// <returns>The text for a log.</returns>
    public override string ToString() => $"{CodeText}: {Detail}";
}
