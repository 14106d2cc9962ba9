using Hookseal;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");

// Several tokens, separated by commas, while you rotate them or use sub-accounts.
string tokens = Environment.GetEnvironmentVariable("PLIVO_AUTH_TOKEN") ?? "";

// A wrong or missing option stops the application here, before it listens.
builder.Services.AddWebhookVerifier("plivo", "plivo", new()
{
    ["auth_token"] = tokens.Split(',', StringSplitOptions.TrimEntries),
    // What Plivo calls: behind a proxy or a tunnel this is not what Kestrel sees.
    ["public_url"] = Environment.GetEnvironmentVariable("PUBLIC_URL"),
});

WebApplication app = builder.Build();

// The handler runs only for a genuine call.
app.MapMethods("/plivo/answer", ["GET", "POST"], (VerifiedEvent call, ILogger<Program> logger) =>
    {
        logger.LogInformation("answering call {ReplayKey}", call.ReplayKey);
        return Results.Text("<Response><Speak>Hello</Speak></Response>", "application/xml");
    })
    .RequireWebhook("plivo");

app.Run();
