using Hookseal;
using Hookseal.AspNetCore;
using Hookseal.AspNetCore.Internal;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers webhooks.</summary>
public static class WebhookServiceCollectionExtensions
{
    /// <summary>
    /// Registers a webhook under a name. Its options are checked here, so a wrong one stops the
    /// application before it listens.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that <c>RequireWebhook</c> refers to.</param>
    /// <param name="scheme">The id of the scheme, or a scheme of your own as JSON.</param>
    /// <param name="options">The options of the scheme; null for none.</param>
    /// <param name="configure">Sets how it is answered; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ConfigurationException">The scheme or an option is wrong; the detail names it.</exception>
    public static IServiceCollection AddWebhookVerifier(
        this IServiceCollection services,
        string name,
        string scheme,
        VerifierOptions? options = null,
        Action<WebhookOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        WebhookOptions webhook = Configured(configure);
        var hooks = new ApplicationHooks(name, webhook);
        var verifier = new Verifier(scheme, options, hooks.ForVerifier());
        return services.Add(new WebhookRegistration(name, webhook, _ => verifier, hooks));
    }

    /// <summary>
    /// Registers a webhook under a name, with options that have their types. They are checked here, so a wrong
    /// one stops the application before it listens.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that <c>RequireWebhook</c> refers to.</param>
    /// <param name="options">The options of a scheme, and with them the scheme.</param>
    /// <param name="configure">Sets how it is answered; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ConfigurationException">An option is wrong; the detail names it.</exception>
    public static IServiceCollection AddWebhookVerifier(
        this IServiceCollection services,
        string name,
        SchemeOptions options,
        Action<WebhookOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        WebhookOptions webhook = Configured(configure);
        var hooks = new ApplicationHooks(name, webhook);
        var verifier = new Verifier(options, hooks.ForVerifier());
        return services.Add(new WebhookRegistration(name, webhook, _ => verifier, hooks));
    }

    /// <summary>
    /// Registers a webhook under a name, with options that come from other services. They are asked for and
    /// checked when the application starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that <c>RequireWebhook</c> refers to.</param>
    /// <param name="options">Gives the options of a scheme.</param>
    /// <param name="configure">Sets how it is answered; null for the defaults.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddWebhookVerifier(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, SchemeOptions> options,
        Action<WebhookOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddAtStart(
            name, configure, (provider, hooks) => StartingVerifier.Of(name, options(provider), hooks));
    }

    /// <summary>
    /// Registers a webhook under a name, with scheme and options from the configuration. It is read and checked
    /// when the application starts, so a test host, or a source that is added later, can still change it; what
    /// is wrong stops the application.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that <c>RequireWebhook</c> refers to.</param>
    /// <param name="configuration">
    /// A section that holds <c>Scheme</c> and, beside it, the options, in PascalCase or as the catalogue names
    /// them: <c>{ "Scheme": "standard-webhooks", "Secret": "…", "AllowedIps": ["…"] }</c>.
    /// </param>
    /// <param name="configure">Sets how it is answered; null for the defaults.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddWebhookVerifier(
        this IServiceCollection services,
        string name,
        IConfiguration configuration,
        Action<WebhookOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddAtStart(
            name,
            configure,
            (provider, hooks) => StartingVerifier.Of(name, configuration, provider.GetService<IConfiguration>(), hooks));
    }

    /// <summary>Registers a webhook under a name, with a verifier of your own making.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that <c>RequireWebhook</c> refers to.</param>
    /// <param name="verifier">The verifier. It is yours: the application does not dispose it.</param>
    /// <param name="configure">Sets how it is answered; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="InvalidOperationException">A hook for verifiers that are made here is set.</exception>
    public static IServiceCollection AddWebhookVerifier(
        this IServiceCollection services,
        string name,
        Verifier verifier,
        Action<WebhookOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(verifier);
        WebhookOptions webhook = Configured(configure);
        return webhook is { KeyHandler: null, IntrospectAsync: null }
            ? services.Add(new WebhookRegistration(name, webhook, _ => verifier))
            : throw new InvalidOperationException("KeyHandler and IntrospectAsync are for verifiers that are made here: give yours its own VerifierHooks.");
    }

    private static IServiceCollection AddAtStart(
        this IServiceCollection services,
        string name,
        Action<WebhookOptions>? configure,
        Func<IServiceProvider, VerifierHooks, Verifier> make)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        WebhookOptions webhook = Configured(configure);
        var hooks = new ApplicationHooks(name, webhook);
        return services.Add(
            new WebhookRegistration(name, webhook, provider => make(provider, hooks.ForVerifier()), hooks) { IsMadeAtStart = true });
    }

    private static WebhookOptions Configured(Action<WebhookOptions>? configure)
    {
        var webhook = new WebhookOptions();
        configure?.Invoke(webhook);
        return webhook;
    }

    private static IServiceCollection Add(this IServiceCollection services, WebhookRegistration registration)
    {
        services.AddSingleton(registration);
        services.AddLogging();
        services.TryAddSingleton<WebhookRegistry>();
        services.TryAddSingleton<EndpointCheck>();
        if (!services.Any(service => service.ImplementationType == typeof(WebhookStartupFilter)))
        {
            // The first filter is the outermost: before that of ASPNETCORE_FORWARDEDHEADERS_ENABLED too.
            services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, WebhookStartupFilter>());
        }
        services.TryAddScoped<VerifiedEventHolder>();
        services.TryAddScoped(provider => provider.GetRequiredService<VerifiedEventHolder>().Required);
        return services;
    }
}
