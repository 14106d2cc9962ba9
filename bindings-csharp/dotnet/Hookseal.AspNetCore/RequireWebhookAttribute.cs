using Hookseal.AspNetCore.Internal;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Hookseal.AspNetCore;

/// <summary>
/// Lets only verified requests of a webhook reach an MVC controller or a Razor Page. It runs before model
/// binding, and before all other resource filters. MVC alone looks for it: protect a minimal API or a hub
/// with <c>RequireWebhook</c>. Authorization filters run before it, antiforgery among them.
/// </summary>
/// <param name="name">The name the webhook was registered under.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequireWebhookAttribute(string name) : Attribute, IAsyncResourceFilter, IOrderedFilter
{
    /// <summary>The name the webhook was registered under.</summary>
    public string Name { get; } = name;

    /// <summary>First of all resource filters: another one might read the body, or answer.</summary>
    public int Order => int.MinValue;

    /// <inheritdoc/>
    public Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        WebhookGate gate = WebhookRegistry.Of(context.HttpContext.RequestServices).Gate(Name);
        // Where the gate does not call next, it has written the rejection, and MVC does nothing more.
        return gate.InvokeAsync(context.HttpContext, async _ => await next());
    }
}
