namespace Hookseal;

/// <summary>
/// What a verifier asks of the application, where its proof is not in its options. When to ask, and what to
/// make of the answer, is not decided here.
/// </summary>
public sealed class VerifierHooks
{
    /// <summary>
    /// Makes the handler of one fetch of remote keys, e.g. at the option <c>jwks_uri</c>
    /// (RFC 7517), such as one with a proxy; null for the library's own handler. It must not follow
    /// redirects. It is not disposed, so it may be the same one each time. For the synchronous methods of a
    /// verifier it must have the synchronous <c>Send</c>.
    /// </summary>
    public Func<HttpMessageHandler>? KeyHandler { get; init; }

    /// <summary>
    /// Told the URL and the reason, neither of them a secret, when keys could not be fetched. Those that were
    /// fetched before stay in use, so this may be all that is to be seen of it.
    /// </summary>
    public Action<string, Exception>? OnKeyFailure { get; init; }

    /// <summary>
    /// The clock to verify and to sign by, where a call names no time; null for the system clock. For tests,
    /// e.g. with recorded deliveries.
    /// </summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>
    /// Asks the issuer of an opaque token what it is (RFC 7662). Needed where the option <c>introspection</c>
    /// is set, and only there: takes the token, which is a secret, and returns the issuer's JSON object. It has to have a time-out of
    /// its own. Whatever it throws is <see cref="ErrorCode.KeyUnavailable"/>. The synchronous methods of a
    /// verifier run it on the thread pool and wait.
    /// </summary>
    public Func<string, CancellationToken, Task<string>>? IntrospectAsync { get; init; }
}
