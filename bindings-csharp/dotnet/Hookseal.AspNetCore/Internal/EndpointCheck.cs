using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// Compares, before the application listens, what is to be protected with what is. What is not stops it; what
/// keeps genuine deliveries out is logged.
/// </summary>
internal sealed partial class EndpointCheck(IServiceProvider services, WebhookRegistry registry, ILogger<WebhookGate> logger)
{
    /// <summary>The name of a type that is not public.</summary>
    private const string ShortCircuit = "Microsoft.AspNetCore.Routing.ShortCircuit.ShortCircuitMetadata";

    internal void Run()
    {
        if (services.GetService<EndpointDataSource>() is not { } source)
        {
            return;
        }
        bool hasFallbackPolicy = services.GetService<IOptions<AuthorizationOptions>>()?.Value.FallbackPolicy is not null;
        foreach (Endpoint endpoint in source.Endpoints)
        {
            bool isProtected = false;
            foreach (string name in endpoint.Metadata.GetOrderedMetadata<WebhookMetadata>().Select(mark => mark.Name))
            {
                isProtected = true;
                CheckGuard(endpoint, registry.Gate(name));
            }
            foreach (RequireWebhookAttribute attribute in endpoint.Metadata.GetOrderedMetadata<RequireWebhookAttribute>())
            {
                isProtected = true;
                CheckAttribute(endpoint, registry.Gate(attribute.Name));
            }
            if (isProtected)
            {
                CheckCaching(endpoint);
                if (hasFallbackPolicy
                    && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
                    && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
                {
                    LogFallbackPolicy(logger, endpoint.DisplayName);
                }
            }
            else if (registry.HasBranches && endpoint.Metadata.Any(item => item.GetType().FullName == ShortCircuit))
            {
                LogShortCircuit(logger, endpoint.DisplayName);
            }
        }
    }

    private static void CheckGuard(Endpoint endpoint, WebhookGate gate)
    {
        if (endpoint.RequestDelegate?.Target is not GuardedEndpoint guarded || !guarded.IsBehind(gate.Name))
        {
            throw new InvalidOperationException(
                $"The handler of {endpoint.DisplayName} was replaced after RequireWebhook(\"{gate.Name}\"), so nothing protects "
                + "it: call RequireWebhook last.");
        }
    }

    /// <summary>Only MVC looks for filters in attributes.</summary>
    private static void CheckAttribute(Endpoint endpoint, WebhookGate gate)
    {
        bool isGuarded = endpoint.RequestDelegate?.Target is GuardedEndpoint guarded && guarded.IsBehind(gate.Name);
        if (!isGuarded && endpoint.Metadata.GetMetadata<ActionDescriptor>() is null)
        {
            throw new InvalidOperationException(
                $"[RequireWebhook(\"{gate.Name}\")] protects MVC controllers and Razor Pages only, and {endpoint.DisplayName} is "
                + $"neither: call RequireWebhook(\"{gate.Name}\") on what maps it.");
        }
    }

    private static void CheckCaching(Endpoint endpoint)
    {
        bool isCached = endpoint.Metadata.Any(item => item
            is IOutputCachePolicy
            or OutputCacheAttribute { NoStore: false }
            or ResponseCacheAttribute { NoStore: false, Location: not ResponseCacheLocation.None });
        if (isCached)
        {
            throw new InvalidOperationException(
                $"The responses of {endpoint.DisplayName} must not be cached: a cache would serve them to everybody, "
                + "unverified. Webhooks are never cached, so remove what says how.");
        }
    }

    [LoggerMessage(4, LogLevel.Warning,
        "{Endpoint} is protected by a webhook, and by the FallbackPolicy, which no provider meets: add AllowAnonymous()")]
    private static partial void LogFallbackPolicy(ILogger logger, string? endpoint);

    [LoggerMessage(5, LogLevel.Warning,
        "{Endpoint} short-circuits, so UseWebhook() never stands in front of it: if it is to be protected, add RequireWebhook()")]
    private static partial void LogShortCircuit(ILogger logger, string? endpoint);
}
