// Takes the webhooks of five systems, and only genuine ones.
// Each is mounted where its variables are set; see README.md.

using Hookseal;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
// Its line for each request shows the query, into which some systems put a secret.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
builder.WebHost.UseUrls($"http://127.0.0.1:{Setting("PORT") ?? "8080"}");
var routes = new List<Action<IEndpointRouteBuilder>>();

if (Several("PLIVO_AUTH_TOKEN") is { } authTokens)
{
    Add("/plivo/answer", "plivo", new() { ["auth_token"] = authTokens }, ["GET", "POST"], (VerifiedEvent call, ILogger<Program> logger) =>
    {
        logger.LogInformation("call {DeliveryId}, signed with key {KeyId}", call.DeliveryId, call.KeyId);
        return Results.Text("<Response><Speak>Hello</Speak></Response>", "application/xml");
    });
}

if (Several("ENABLEX_APP_ID") is { } appIds)
{
    Add("/enablex", "enablex", new() { ["app_id"] = appIds }, ["POST"], Received);
}

if (Several("VCC_LIVE_SECRET") is { } secrets)
{
    VerifierOptions options = new()
    {
        ["url_token"] = Several("VCC_LIVE_URL_TOKEN"),
        ["secret"] = secrets,
        ["cipher"] = Setting("VCC_LIVE_CIPHER"),
    };
    Add("/vcc-live", "vcc-live", options, ["POST"], Received);
}

if (Setting("KAISA_USERNAME") is { } username)
{
    VerifierOptions options = new() { ["username"] = username, ["password"] = Several("KAISA_PASSWORD") };
    Add("/kaisa", "kaisa-basic", options, ["POST"], Received);
}

if (Setting("AZURE_ACS_AUDIENCE") is { } audience)
{
    VerifierOptions options = new() { ["audience"] = audience };
    // Otherwise they are found by the metadata that Microsoft publishes.
    if (Setting("AZURE_ACS_JWKS_URI") is { } keys)
    {
        options["jwks_uri"] = keys;
    }
    Add("/azure/callback", "azure-communication-services", options, ["POST"], Received);
}

if (Several("AZURE_EVENT_GRID_TOKEN") is { } urlTokens)
{
    VerifierOptions options = new()
    {
        ["url_token"] = urlTokens,
        ["subscription_names"] = Several("AZURE_EVENT_GRID_SUBSCRIPTION"),
    };
    // OPTIONS is the handshake of subscriptions in the CloudEvents schema.
    Add("/azure/events", "azure-event-grid", options, ["POST", "OPTIONS"], Received);
}

WebApplication app = builder.Build();
routes.ForEach(map => map(app));
app.Run();

// Answers 200 without a body, and soon: the work itself belongs into a queue.
static IResult Received(VerifiedEvent delivery, ILogger<Program> logger)
{
    logger.LogInformation("{Scheme}: {Length} bytes, key {KeyId}", delivery.Scheme, delivery.Payload.Length, delivery.KeyId);
    return Results.Ok();
}

// A wrong or missing option stops the application here, before it listens.
void Add(string path, string scheme, VerifierOptions options, string[] methods, Delegate handler)
{
    // What the provider calls: behind a proxy or a tunnel this is not what Kestrel sees.
    options["public_url"] = Setting("PUBLIC_URL");
    builder.Services.AddWebhookVerifier(scheme, scheme, options);
    routes.Add(endpoints => endpoints.MapMethods(path, methods, handler).RequireWebhook(scheme));
}

static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

// The values of a comma-separated variable: during a rotation, two secrets.
static string[]? Several(string name) => Setting(name)?.Split(',', StringSplitOptions.TrimEntries);
