namespace Hookseal;

/// <summary>
/// How a verifier fetches keys that live elsewhere, e.g. at the option <c>jwks_uri</c> (RFC 7517). When to
/// fetch, from whom, and what to make of it is not decided here.
/// </summary>
public sealed class KeyFetching
{
    /// <summary>
    /// Makes the handler of one fetch, e.g. one with a proxy of its own; null for the library's own handler.
    /// It must not follow redirects. It is not disposed, so it may be the same one each time. For the
    /// synchronous methods of a verifier it must have the synchronous <c>Send</c>.
    /// </summary>
    public Func<HttpMessageHandler>? Handler { get; init; }

    /// <summary>
    /// Told the URL and the reason, neither of them a secret, when keys could not be fetched. The keys that
    /// were fetched before stay in use, so this may be all that is to be seen of it.
    /// </summary>
    public Action<string, Exception>? OnFailure { get; init; }
}
