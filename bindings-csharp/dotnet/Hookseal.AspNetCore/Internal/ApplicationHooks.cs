using Microsoft.Extensions.Logging;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// What a verifier asks of the application. The verifier is made first, so that a wrong option stops the
/// application; the application itself follows when it is built.
/// </summary>
internal sealed partial class ApplicationHooks(string webhook, WebhookOptions options)
{
    private (IServiceProvider Services, ILogger Logger)? _application;

    internal VerifierHooks ForVerifier() => new()
    {
        KeyHandler = options.KeyHandler is { } handler ? () => handler(Application.Services) : null,
        OnKeyFailure = (url, reason) => LogKeyFailure(Application.Logger, webhook, WithoutQuery(url), reason.Message),
        IntrospectAsync = options.IntrospectAsync is { } ask
            ? (token, cancellation) => ask(Application.Services, token, cancellation)
            : null,
    };

    internal void Attach(IServiceProvider services, ILogger logger) => _application = (services, logger);

    private (IServiceProvider Services, ILogger Logger) Application =>
        _application ?? throw new InvalidOperationException("The application is not built yet.");

    // The query may hold a key of an API.
    private static string WithoutQuery(string url) => url.Split('?', 2)[0];

    [LoggerMessage(3, LogLevel.Warning, "Webhook {Webhook}: no keys from {Url}: {Reason}")]
    private static partial void LogKeyFailure(ILogger logger, string webhook, string url, string reason);
}
