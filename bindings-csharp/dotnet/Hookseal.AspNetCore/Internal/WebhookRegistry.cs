using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hookseal.AspNetCore.Internal;

/// <summary>All webhooks of the application by name.</summary>
internal sealed class WebhookRegistry : IDisposable
{
    private readonly Dictionary<string, WebhookGate> _gates = new(StringComparer.Ordinal);
    private readonly List<Verifier> _own = [];

    public WebhookRegistry(
        IEnumerable<WebhookRegistration> registrations,
        IServiceProvider services,
        ILogger<WebhookGate> logger,
        TimeProvider? timeProvider = null)
    {
        foreach (WebhookRegistration registration in registrations)
        {
            registration.Hooks?.Attach(services, logger);
            Verifier verifier = registration.Verifier(services);
            if (registration.IsMadeAtStart)
            {
                _own.Add(verifier);
            }
            TimeProvider? clock = registration.Options.TimeProvider ?? timeProvider;
            if (!_gates.TryAdd(registration.Name, new WebhookGate(registration, verifier, clock, logger)))
            {
                throw new InvalidOperationException($"Two webhooks are registered as '{registration.Name}'.");
            }
        }
    }

    /// <summary>Whether a branch of the pipeline is protected.</summary>
    internal bool HasBranches { get; private set; }

    internal static WebhookRegistry Of(IServiceProvider services) =>
        services.GetService<WebhookRegistry>()
        ?? throw new InvalidOperationException("No webhook is registered: call services.AddWebhookVerifier(name, …).");

    internal WebhookGate GateOfBranch(string name)
    {
        HasBranches = true;
        return Gate(name);
    }

    internal WebhookGate Gate(string name) =>
        _gates.TryGetValue(name, out WebhookGate? gate)
            ? gate
            : throw new InvalidOperationException($"No webhook is registered as '{name}'.");

    public void Dispose() => _own.ForEach(verifier => verifier.Dispose());
}
