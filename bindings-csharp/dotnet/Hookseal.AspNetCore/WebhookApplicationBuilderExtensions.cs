using Hookseal.AspNetCore.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects a branch of the pipeline.</summary>
public static class WebhookApplicationBuilderExtensions
{
    /// <summary>
    /// Lets only verified requests of a webhook go on from here: everything that comes later in this
    /// pipeline, or in this branch of it, is protected, and nothing else is. An endpoint that is reached
    /// another way is not: one with <c>ShortCircuit()</c>, one that a middleware before this one answers,
    /// one under another spelling of a path that <c>UseWhen</c> compares. Protect endpoints with
    /// <c>RequireWebhook</c>; this is for branches that end by themselves, <c>app.Map(path, …)</c>.
    /// </summary>
    /// <param name="app">The pipeline or a branch of it.</param>
    /// <param name="name">The name it was registered under.</param>
    /// <returns>The pipeline.</returns>
    public static IApplicationBuilder UseWebhook(this IApplicationBuilder app, string name)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentException.ThrowIfNullOrEmpty(name);
        WebhookGate gate = WebhookRegistry.Of(app.ApplicationServices).GateOfBranch(name);
        return app.Use(next => context => gate.InvokeAsync(context, next));
    }
}
