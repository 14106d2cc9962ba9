// The conformance receiver of ASP.NET Core: every method and path, the webhook named by a header.
// It uses only what Hookseal.AspNetCore offers to everybody.

using System.Net;
using System.Text.Json;
using Hookseal;
using Hookseal.Receiver;
using Microsoft.Extensions.Primitives;

const string WebhookHeader = "Hookseal-Webhook";
const string CodeHeader = "Hookseal-Code";

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel =>
    kestrel.Listen(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8080")));

// The entries that can be served; null for one whose options the library refuses.
var webhooks = new Dictionary<string, RequestDelegate?>();
var accepted = new List<string>();
foreach (WebhookEntry entry in WebhookEntry.ReadAll(Environment.GetEnvironmentVariable("HOOKSEAL_WEBHOOKS")))
{
    webhooks[entry.Name] = null;
    try
    {
        builder.Services.AddWebhookVerifier(entry.Name, entry.Scheme, entry.Options, webhook =>
        {
            webhook.TimeProvider = entry.Clock;
            if (entry.Introspects)
            {
                // Nobody can be asked here.
                webhook.IntrospectAsync = (_, _, _) => Task.FromException<string>(new NotSupportedException());
            }
            webhook.OnRejected = rejection =>
            {
                rejection.HttpContext.Response.Headers[CodeHeader] = rejection.Failure.CodeText;
                return Task.CompletedTask;
            };
        });
        accepted.Add(entry.Name);
    }
    catch (ConfigurationException refusal)
    {
        Console.Error.WriteLine($"webhook {entry.Name}: {refusal.Message}");
    }
}

WebApplication app = builder.Build();
foreach (string name in accepted)
{
    IApplicationBuilder branch = ((IApplicationBuilder)app).New();
    branch.UseWebhook(name);
    branch.Run(Answer);
    webhooks[name] = branch.Build();
}
app.Run(Dispatch);
app.Run();

Task Dispatch(HttpContext context)
{
    if (!context.Request.Headers.TryGetValue(WebhookHeader, out StringValues name))
    {
        return context.Response.WriteAsync("ready");
    }
    if (!webhooks.TryGetValue(name.ToString(), out RequestDelegate? webhook))
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
    if (webhook is null)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.Headers[CodeHeader] = "configuration";
        return Task.CompletedTask;
    }
    return webhook(context);
}

static Task Answer(HttpContext context)
{
    VerifiedEvent delivery = context.GetVerifiedEvent();
    return context.Response.WriteAsJsonAsync(new
    {
        scheme = delivery.Scheme,
        payload_base64 = Convert.ToBase64String(delivery.Payload.Span),
        key_id = delivery.KeyId,
        timestamp = delivery.Timestamp,
        delivery_id = delivery.DeliveryId,
        event_type = delivery.EventType,
        replay_key = delivery.ReplayKey,
        claims = delivery.Claims,
        covers = new
        {
            body = Text(delivery.Covers.Body),
            url = Text(delivery.Covers.Url),
            method = delivery.Covers.Method,
            timestamp = Text(delivery.Covers.Timestamp),
            delivery_id = Text(delivery.Covers.DeliveryId),
            confidential = delivery.Covers.Confidential,
            parts = delivery.Covers.Parts,
        },
        url_form = delivery.UrlForm,
    });
}

static string Text<T>(T value)
    where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
