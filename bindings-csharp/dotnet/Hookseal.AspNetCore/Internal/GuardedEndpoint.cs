using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;

namespace Hookseal.AspNetCore.Internal;

/// <summary>An endpoint behind a gate. It is the endpoint's own delegate, so whoever runs the endpoint runs this.</summary>
/// <param name="name">The webhook. Its gate is looked for when it is needed: not every endpoint that is built knows the services.</param>
/// <param name="inner">The handler.</param>
internal sealed class GuardedEndpoint(string name, RequestDelegate inner)
{
    internal static void Mark(EndpointBuilder endpoint, string name)
    {
        endpoint.Metadata.Add(new WebhookMetadata(name));
        // The token of a form proves that its sender has our cookies. A provider has none, and proves itself.
        endpoint.Metadata.Add(NoAntiforgery.Instance);
    }

    internal static void Guard(EndpointBuilder endpoint, string name)
    {
        if (Replacement(endpoint.Metadata) is { } kind)
        {
            throw new InvalidOperationException(
                $"{kind} {endpoint.DisplayName} cannot be protected by RequireWebhook(\"{name}\"): at each request another "
                + $"endpoint takes its place. Put [RequireWebhook(\"{name}\")] on the class that handles it.");
        }
        RequestDelegate inner = endpoint.RequestDelegate
            ?? throw new InvalidOperationException($"The endpoint of webhook '{name}' has no handler to protect.");
        if (inner.Target is GuardedEndpoint outer && outer.IsBehind(name))
        {
            return;
        }
        endpoint.RequestDelegate = new GuardedEndpoint(name, inner).InvokeAsync;
    }

    /// <summary>Whether the gate of this webhook is among those that the endpoint stands behind.</summary>
    internal bool IsBehind(string wanted) =>
        name == wanted || (inner.Target is GuardedEndpoint next && next.IsBehind(wanted));

    private Task InvokeAsync(HttpContext context) =>
        WebhookRegistry.Of(context.RequestServices).Gate(name).InvokeAsync(context, inner);

    /// <summary>What the endpoint is where routing puts another one in its place.</summary>
    private static string? Replacement(IList<object> metadata)
    {
        foreach (object item in metadata)
        {
            switch (item)
            {
                case IDynamicEndpointMetadata { IsDynamic: true }:
                    return "The dynamic endpoint";
                case PageActionDescriptor:
                    return "The Razor Page";
            }
        }
        return null;
    }

    private sealed class NoAntiforgery : IAntiforgeryMetadata
    {
        internal static readonly NoAntiforgery Instance = new();

        public bool RequiresValidation => false;
    }
}

/// <summary>Says that an endpoint is to be guarded, so that start-up can prove that it is.</summary>
internal sealed record WebhookMetadata(string Name);
