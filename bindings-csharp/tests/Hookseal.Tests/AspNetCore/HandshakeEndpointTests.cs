using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>Handshakes reach the verifier, and never a handler.</summary>
public class HandshakeEndpointTests
{
    private const string Target = "/hook" + HandshakeTests.Query;

    private static readonly KeyValuePair<string, string>[] s_origin =
        [KeyValuePair.Create("WebHook-Request-Origin", HandshakeTests.Origin)];

    /// <summary>Counts calls of its handler and of its hook.</summary>
    private static async Task<(WebServer Server, int[] Calls)> StartAsync()
    {
        int[] calls = [0, 0];
        Verifier verifier = HandshakeTests.Make();
        WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", verifier, webhook => webhook.OnRejected = _ =>
            {
                calls[1]++;
                return Task.CompletedTask;
            }),
            app => app.MapMethods("/hook", ["POST", "OPTIONS"], (VerifiedEvent delivery) =>
            {
                calls[0]++;
                return delivery.Scheme;
            }).RequireWebhook("hook"));
        return (server, calls);
    }

    [Fact]
    public async Task A_validation_is_answered_byte_for_byte()
    {
        (WebServer server, int[] calls) = await StartAsync();
        await using WebServer running = server;

        Reply reply = await server.PostAsync(Target, HandshakeTests.ValidationHeaders, HandshakeTests.Validation);

        const string Expected = "{\"validationResponse\":\"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\"}";
        Assert.Equal((200, Expected), (reply.Status, reply.Body));
        Assert.Equal("application/json", reply.Headers["Content-Type"]);
        Assert.Equal($"{Expected.Length}", reply.Headers["Content-Length"]);
        Assert.False(reply.Headers.ContainsKey("Transfer-Encoding"));
        Assert.Equal([0, 0], calls);
        Assert.DoesNotContain("rejected", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OPTIONS_is_answered_without_a_body()
    {
        (WebServer server, int[] calls) = await StartAsync();
        await using WebServer running = server;

        Reply reply = await server.SendAsync("OPTIONS", Target, s_origin, []);

        Assert.Equal((200, ""), (reply.Status, reply.Body));
        Assert.Equal(HandshakeTests.Origin, reply.Headers["WebHook-Allowed-Origin"]);
        Assert.Equal("0", reply.Headers["Content-Length"]);
        Assert.Equal([0, 0], calls);
    }

    [Fact]
    public async Task A_refused_handshake_is_a_rejection()
    {
        (WebServer server, int[] calls) = await StartAsync();
        await using WebServer running = server;
        Reply[] replies =
        [
            await server.SendAsync("OPTIONS", Target, [KeyValuePair.Create("WebHook-Request-Origin", "evil.example")], []),
            await server.SendAsync("OPTIONS", "/hook", s_origin, []),
            await server.PostAsync("/hook", HandshakeTests.ValidationHeaders, HandshakeTests.Validation),
        ];
        Assert.Equal([405, 401, 401], replies.Select(reply => reply.Status));
        Assert.All(replies, reply =>
        {
            Assert.Equal("{\"error\":\"webhook_rejected\"}", reply.Body);
            Assert.False(reply.Headers.ContainsKey("WebHook-Allowed-Origin"));
        });
        Assert.Equal([0, 3], calls);
    }

    [Fact]
    public async Task A_delivery_reaches_the_handler()
    {
        (WebServer server, int[] calls) = await StartAsync();
        await using WebServer running = server;
        KeyValuePair<string, string>[] headers =
        [
            KeyValuePair.Create("aeg-event-type", "Notification"),
            KeyValuePair.Create("aeg-subscription-name", "MY-SUBSCRIPTION"),
        ];
        Reply reply = await server.PostAsync(Target, headers, "[{\"eventType\":\"a\",\"data\":{}}]"u8.ToArray());
        Assert.Equal(200, reply.Status);
        Assert.Equal([1, 0], calls);
    }
}
