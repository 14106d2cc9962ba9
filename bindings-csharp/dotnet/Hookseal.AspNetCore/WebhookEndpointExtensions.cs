using Hookseal.AspNetCore.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects endpoints.</summary>
public static class WebhookEndpointExtensions
{
    /// <summary>
    /// Lets only verified requests of a webhook reach these endpoints. It stands around the whole
    /// endpoint, before any parameter is bound, so there is no middleware to forget. What it cannot
    /// stand around (dynamic and fallback routes to controllers, Razor Pages) stops the application
    /// before it listens, and so does an endpoint whose responses are cached.
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
        builder.Add(endpoint => GuardedEndpoint.Mark(endpoint, name));
        try
        {
            // After every other convention, which might replace the handler or say what kind it is.
            builder.Finally(endpoint => GuardedEndpoint.Guard(endpoint, name));
        }
        catch (NotImplementedException)
        {
            // A builder from before there was such a step; start-up compares.
            builder.Add(endpoint => GuardedEndpoint.Guard(endpoint, name));
        }
        return builder;
    }
}
