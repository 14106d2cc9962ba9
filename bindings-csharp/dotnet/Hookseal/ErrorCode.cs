namespace Hookseal;

/// <summary>
/// Why a delivery, or a configuration, was rejected. Numbers and texts are frozen and equal in
/// every language of hookseal.
/// </summary>
public enum ErrorCode
{
    /// <summary>A header the scheme needs is absent, or empty where it is not that of the signature.</summary>
    MissingHeader = 1,

    /// <summary>A header is there but cannot be read as the scheme demands; so is an empty signature header.</summary>
    MalformedHeader = 2,

    /// <summary>A security-relevant header is there twice with different values.</summary>
    AmbiguousHeader = 3,

    /// <summary>No signature matches any key.</summary>
    SignatureMismatch = 4,

    /// <summary>A static token or password is wrong.</summary>
    TokenMismatch = 5,

    /// <summary>The signed time lies further back than the tolerance.</summary>
    TimestampTooOld = 6,

    /// <summary>The signed time lies further ahead than the tolerance.</summary>
    TimestampInFuture = 7,

    /// <summary>The timestamp is not in the one canonical form.</summary>
    MalformedTimestamp = 8,

    /// <summary>The body is not the one that was signed, or nothing signs it.</summary>
    BodyMismatch = 9,

    /// <summary>The body could not be decrypted; the reason is never told.</summary>
    DecryptionFailed = 10,

    /// <summary>The request names a cipher outside the allow-list.</summary>
    CipherNotAllowed = 11,

    /// <summary>The token is not a JWT, or not of the allowed algorithm.</summary>
    JwtMalformed = 12,

    /// <summary>The token's lifetime is over.</summary>
    JwtExpired = 13,

    /// <summary>A required claim is absent or has another value.</summary>
    JwtClaimMismatch = 14,

    /// <summary>The key set is unavailable now; the provider should try again.</summary>
    KeyUnavailable = 15,

    /// <summary>The peer's address is not in the allow-list.</summary>
    IpNotAllowed = 16,

    /// <summary>The delivery came over plain HTTP.</summary>
    InsecureTransport = 17,

    /// <summary>The body, or a part of the request, is larger than the limit.</summary>
    BodyTooLarge = 18,

    /// <summary>Something consumed or parsed the body before verification: a local fault.</summary>
    BodyAlreadyParsed = 19,

    /// <summary>The delivery has been seen before. Not a forgery: acknowledge it.</summary>
    Replayed = 20,

    /// <summary>An option is wrong; raised when the verifier is made.</summary>
    Configuration = 21,

    /// <summary>A bug of this library.</summary>
    Internal = 22,

    /// <summary>The scheme is not defined for this HTTP method.</summary>
    MethodNotAllowed = 23,

    /// <summary>The URL has no scheme or host, or holds control characters.</summary>
    MalformedUrl = 24,

    /// <summary>The host the request was sent to is not in <c>allowed_hosts</c>.</summary>
    HostNotAllowed = 25,

    /// <summary>
    /// Not a rejection: a challenge of the provider, to be answered with the reply that comes with it.
    /// There is no delivery.
    /// </summary>
    Challenge = 26,
}
