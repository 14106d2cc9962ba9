namespace Hookseal.AspNetCore.Internal;

/// <summary>One call of <c>AddWebhookVerifier</c>.</summary>
/// <param name="Name">The name of the webhook.</param>
/// <param name="Options">How it is answered.</param>
/// <param name="Verifier">Gives the verifier, once the application is built and its configuration complete.</param>
/// <param name="Hooks">What the verifier asks of the application; null where that is not known here.</param>
internal sealed record WebhookRegistration(
    string Name,
    WebhookOptions Options,
    Func<IServiceProvider, Verifier> Verifier,
    ApplicationHooks? Hooks = null)
{
    /// <summary>Whether the verifier is made when the application starts, so that it goes with it.</summary>
    public bool IsMadeAtStart { get; init; }
}
