using Microsoft.Extensions.Logging;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// What a verifier uses of the application to fetch keys. The verifier is made first, so that a wrong option
/// stops the application; the application itself follows when it is built.
/// </summary>
internal sealed partial class ApplicationKeyFetching(string webhook, Func<IServiceProvider, HttpMessageHandler>? handler)
{
    private (IServiceProvider Services, ILogger Logger)? _application;

    internal KeyFetching ForVerifier() => new()
    {
        Handler = handler is null ? null : () => handler(Application.Services),
        OnFailure = (url, reason) => LogFailure(Application.Logger, webhook, url, reason.Message),
    };

    internal void Attach(IServiceProvider services, ILogger logger) => _application = (services, logger);

    private (IServiceProvider Services, ILogger Logger) Application =>
        _application ?? throw new InvalidOperationException("The application is not built yet.");

    [LoggerMessage(3, LogLevel.Warning, "Webhook {Webhook}: no keys from {Url}: {Reason}")]
    private static partial void LogFailure(ILogger logger, string webhook, string url, string reason);
}
