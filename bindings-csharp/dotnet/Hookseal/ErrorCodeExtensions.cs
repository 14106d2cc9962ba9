namespace Hookseal;

/// <summary>The text and the HTTP status of an <see cref="ErrorCode"/>.</summary>
public static class ErrorCodeExtensions
{
    /// <summary>The text that all languages show, e.g. <c>signature_mismatch</c>.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The text in snake_case.</returns>
    public static string ToText(this ErrorCode code) => Entry(code).Text;

    /// <summary>The HTTP status that a receiver answers with, e.g. 401.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The status.</returns>
    public static int ToHttpStatus(this ErrorCode code) => Entry(code).Status;

    private static (string Text, int Status) Entry(ErrorCode code) => code switch
    {
        ErrorCode.MissingHeader => ("missing_header", 401),
        ErrorCode.MalformedHeader => ("malformed_header", 401),
        ErrorCode.AmbiguousHeader => ("ambiguous_header", 401),
        ErrorCode.SignatureMismatch => ("signature_mismatch", 401),
        ErrorCode.TokenMismatch => ("token_mismatch", 401),
        ErrorCode.TimestampTooOld => ("timestamp_too_old", 401),
        ErrorCode.TimestampInFuture => ("timestamp_in_future", 401),
        ErrorCode.MalformedTimestamp => ("malformed_timestamp", 401),
        ErrorCode.BodyMismatch => ("body_mismatch", 401),
        ErrorCode.DecryptionFailed => ("decryption_failed", 401),
        ErrorCode.CipherNotAllowed => ("cipher_not_allowed", 401),
        ErrorCode.JwtMalformed => ("jwt_malformed", 401),
        ErrorCode.JwtExpired => ("jwt_expired", 401),
        ErrorCode.JwtClaimMismatch => ("jwt_claim_mismatch", 401),
        ErrorCode.KeyUnavailable => ("key_unavailable", 503),
        ErrorCode.IpNotAllowed => ("ip_not_allowed", 403),
        ErrorCode.InsecureTransport => ("insecure_transport", 403),
        ErrorCode.BodyTooLarge => ("body_too_large", 413),
        ErrorCode.BodyAlreadyParsed => ("body_already_parsed", 500),
        ErrorCode.Replayed => ("replayed", 200),
        ErrorCode.Configuration => ("configuration", 500),
        ErrorCode.Internal => ("internal", 500),
        ErrorCode.MethodNotAllowed => ("method_not_allowed", 405),
        ErrorCode.MalformedUrl => ("malformed_url", 400),
        ErrorCode.HostNotAllowed => ("host_not_allowed", 400),
        ErrorCode.Challenge => ("challenge", 200),
        // No code of the native library of the same version: a test compares the tables.
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
