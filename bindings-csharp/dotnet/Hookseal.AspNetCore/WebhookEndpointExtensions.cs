using Hookseal.AspNetCore.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects endpoints.</summary>
public static class WebhookEndpointExtensions
{
    /// <summary>
    /// Lets only verified requests of a webhook reach these endpoints. It stands around the whole
    /// endpoint, before any parameter is bound, so there is no middleware to forget.
    /// </summary>
    /// <typeparam name="TBuilder">The kind of endpoints: a route, a group, controllers.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="name">The name it was registered under.</param>
    /// <returns>The endpoints.</returns>
    public static TBuilder RequireWebhook<TBuilder>(this TBuilder builder, string name)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Add(endpoint =>
        {
            WebhookGate gate = WebhookRegistry.Of(endpoint.ApplicationServices).Gate(name);
            Http.RequestDelegate inner = endpoint.RequestDelegate
                ?? throw new InvalidOperationException($"The endpoint of webhook '{name}' has no handler to protect.");
            endpoint.RequestDelegate = context => gate.InvokeAsync(context, inner);
        });
        return builder;
    }
}
