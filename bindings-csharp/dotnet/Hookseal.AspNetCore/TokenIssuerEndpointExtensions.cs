using Hookseal;
using Hookseal.AspNetCore.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Mounts a token endpoint.</summary>
public static class TokenIssuerEndpointExtensions
{
    /// <summary>
    /// Serves the token requests of a sender, e.g. at <c>/oauth2/token</c>. It reads its own body, bounded, and
    /// answers every method itself. The clock is the <see cref="TimeProvider"/> among the services.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="issuer">The issuer. It is yours: the application does not dispose it.</param>
    /// <returns>The endpoint.</returns>
    public static IEndpointConventionBuilder MapTokenIssuer(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        TokenIssuer issuer)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(issuer);
        TimeProvider clock = endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        ILogger logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger<TokenEndpoint>();
        RequestDelegate answer = new TokenEndpoint(issuer, clock, logger).AnswerAsync;
        return endpoints.Map(pattern, answer);
    }
}
