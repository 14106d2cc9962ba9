using System.Diagnostics;
using Hookseal.Tests.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>Webhooks with remote key sets.</summary>
public sealed class RemoteKeyEndpointTests : IDisposable
{
    private readonly SigningKey _key = new("a-key");

    public void Dispose() => _key.Dispose();

    private static Task<WebServer> StartAsync(KeyServer keys, Func<IServiceProvider, HttpMessageHandler>? handler = null) =>
        WebServer.StartAsync(
            services =>
            {
                services.AddHttpClient("keys").ConfigurePrimaryHttpMessageHandler(() =>
                    new SocketsHttpHandler { AllowAutoRedirect = false });
                services.AddWebhookVerifier(
                    "hook",
                    "bearer-jwt",
                    new()
                    {
                        ["issuer"] = SigningKey.Issuer,
                        ["audience"] = SigningKey.Audience,
                        ["jwks_uri"] = keys.Url("/keys?api-key=0123"),
                        ["scope"] = "webhooks.write",
                    },
                    webhook => webhook.KeyHandler = handler);
            },
            app => app.MapPost("/hook", (VerifiedEvent delivery) => delivery.KeyId).RequireWebhook("hook"));

    private Task<Reply> PostAsync(WebServer server, string scope = "webhooks.write") => server.PostAsync(
        "/hook",
        [KeyValuePair.Create("Authorization", $"Bearer {_key.Token(new() { ["scope"] = scope })}")],
        []);

    [Fact]
    public async Task A_herd_of_deliveries_makes_one_fetch()
    {
        await using KeyServer keys = await KeyServer.StartAsync(_key);
        await using WebServer server = await StartAsync(keys);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => PostAsync(server)));
        Assert.All(replies, reply => Assert.Equal((200, "a-key"), (reply.Status, reply.Body)));
        Assert.Equal(1, keys.Requests);
    }

    [Fact]
    public async Task Keys_that_cannot_be_had_are_503_and_logged()
    {
        await using KeyServer keys = await KeyServer.StartAsync();
        keys.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using WebServer server = await StartAsync(keys);
        Reply reply = await PostAsync(server);
        Assert.Equal((503, "{\"error\":\"webhook_rejected\"}"), (reply.Status, reply.Body));
        Assert.False(reply.Headers.ContainsKey("WWW-Authenticate"));
        Assert.Contains($"Warning: Webhook hook: no keys from {keys.Url()}: the status is 500, not 200", server.Log.Text, StringComparison.Ordinal);
        Assert.Contains("key_unavailable", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_is_answered_with_a_challenge()
    {
        await using KeyServer keys = await KeyServer.StartAsync(_key);
        await using WebServer server = await StartAsync(keys);
        Reply reply = await server.PostAsync("/hook", [], []);
        Assert.Equal((401, "Bearer"), (reply.Status, reply.Headers["WWW-Authenticate"]));
        reply = await PostAsync(server, "others");
        Assert.Equal((403, "Bearer error=\"insufficient_scope\""), (reply.Status, reply.Headers["WWW-Authenticate"]));
        Assert.Equal("{\"error\":\"webhook_rejected\"}", reply.Body);
    }

    [Fact]
    public async Task A_stuck_identity_server_holds_up_nobody_else()
    {
        await using KeyServer keys = await KeyServer.StartAsync();
        keys.Answer = context => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
        await using WebServer server = await StartAsync(keys);
        Task<Reply>[] waiting = [.. Enumerable.Range(0, 100).Select(_ => PostAsync(server))];
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        Reply reply = await server.PostAsync("/hook", [], []);
        Assert.Equal(401, reply.Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
        Assert.All(await Task.WhenAll(waiting), each => Assert.Equal(503, each.Status));
        Assert.Equal(1, keys.Requests);
    }

    [Fact]
    public async Task The_handler_may_come_from_the_services_of_the_application()
    {
        await using KeyServer keys = await KeyServer.StartAsync(_key);
        int made = 0;
        await using WebServer server = await StartAsync(keys, services =>
        {
            made++;
            return services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("keys");
        });
        Assert.Equal(200, (await PostAsync(server)).Status);
        Assert.Equal(1, made);
        using Verifier own = Deliveries.GitHub();
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddWebhookVerifier(
            "hook", own, webhook => webhook.KeyHandler = _ => new SocketsHttpHandler()));
    }
}
