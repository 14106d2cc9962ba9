using Hookseal.AspNetCore.Internal;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Hookseal.AspNetCore;

/// <summary>
/// Lets only verified requests of a webhook reach an MVC controller. It runs before model binding.
/// It is for controller classes only, since MVC alone looks for it: protect a minimal API with
/// <c>RequireWebhook</c>.
/// </summary>
/// <param name="name">The name the webhook was registered under.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequireWebhookAttribute(string name) : Attribute, IAsyncResourceFilter
{
    /// <summary>The name the webhook was registered under.</summary>
    public string Name { get; } = name;

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
