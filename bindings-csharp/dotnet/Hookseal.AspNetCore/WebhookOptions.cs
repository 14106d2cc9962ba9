namespace Hookseal.AspNetCore;

/// <summary>How one webhook is answered, beside how it is verified.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Called for every rejected request, after status and content type are set and before the body is
    /// written. It may add headers, or write a response of its own. If it throws, the request is
    /// rejected all the same.
    /// </summary>
    public Func<WebhookRejection, Task>? OnRejected { get; set; }

    /// <summary>
    /// The clock to verify by; null for the <see cref="System.TimeProvider"/> among the services of the
    /// application, or the system clock where there is none.
    /// </summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>
    /// Makes the handler of one fetch of remote keys, e.g. at the option <c>jwks_uri</c>:
    /// <c>services => services.GetRequiredService&lt;IHttpMessageHandlerFactory&gt;().CreateHandler("keys")</c>.
    /// It must not follow redirects. Null for the library's own handler. Not for a verifier of your own
    /// making, which has its <see cref="VerifierHooks"/>.
    /// </summary>
    public Func<IServiceProvider, HttpMessageHandler>? KeyHandler { get; set; }

    /// <summary>
    /// Asks the issuer of an opaque token what it is (RFC 7662); needed where the option <c>introspection</c>
    /// is set, see <see cref="VerifierHooks.IntrospectAsync"/>. Not for a verifier of your own making either.
    /// </summary>
    public Func<IServiceProvider, string, CancellationToken, Task<string>>? IntrospectAsync { get; set; }
}
