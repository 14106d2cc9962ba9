using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Hookseal.AspNetCore.Internal;

/// <summary>Stands around the pipeline: first sees each request, last sees what was mapped.</summary>
internal sealed class WebhookStartupFilter(EndpointCheck check) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(inner => context =>
        {
            ReceivedRequest.Keep(context);
            return inner(context);
        });
        next(app);
        check.Run();
    };
}
