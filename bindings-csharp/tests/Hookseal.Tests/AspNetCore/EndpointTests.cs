using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hookseal.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hookseal.Tests.AspNetCore;

public class EndpointTests
{
    private const string GenericBody = "{\"error\":\"webhook_rejected\"}";
    private static readonly byte[] s_body = Encoding.ASCII.GetBytes("From=1&To=2");

    /// <summary>A server with one webhook at /hook, which counts the calls of its handler.</summary>
    private static async Task<(WebServer Server, Verifier Verifier, StrongBox Calls)> StartAsync(
        Action<WebhookOptions>? configure = null,
        Action<WebApplication>? before = null,
        int maxBodyBytes = 10 << 20)
    {
        var verifier = new Verifier("github", new() { ["secret"] = Deliveries.Secret, ["max_body_bytes"] = maxBodyBytes });
        var calls = new StrongBox();
        WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", verifier, configure),
            app =>
            {
                before?.Invoke(app);
                app.Map("/hook", async (VerifiedEvent delivery, HttpContext context) =>
                {
                    calls.Value++;
                    Assert.Same(delivery, context.GetVerifiedEvent());
                    using var again = new MemoryStream();
                    await context.Request.Body.CopyToAsync(again);
                    return Convert.ToHexString(again.ToArray()) + "/" + Convert.ToHexString(delivery.Payload.Span);
                }).RequireWebhook("hook");
            });
        return (server, verifier, calls);
    }

    internal sealed class StrongBox
    {
        internal int Value { get; set; }
    }

    [Fact]
    public async Task A_verified_request_reaches_the_handler_with_its_body()
    {
        (WebServer server, Verifier verifier, _) = await StartAsync();
        await using WebServer running = server;
        byte[][] bodies = [[], s_body, [0x00, 0xff, 0x0d, 0x0a, 0xc3], new byte[300 << 10]];
        foreach (byte[] body in bodies)
        {
            Reply reply = await server.PostAsync("/hook", verifier.Sign("POST", server.Url("/hook"), body), body);
            Assert.Equal(200, reply.Status);
            Assert.Equal($"{Convert.ToHexString(body)}/{Convert.ToHexString(body)}", reply.Body);
        }
    }

    // Pitfall ERR-3.
    [Fact]
    public async Task A_rejected_request_gets_one_generic_answer()
    {
        (WebServer server, Verifier verifier, StrongBox calls) = await StartAsync();
        await using WebServer running = server;
        var genuine = verifier.Sign("POST", server.Url("/hook"), s_body).ToDictionary();
        Dictionary<string, string>[] forgeries =
        [
            [],
            new() { ["X-Hub-Signature-256"] = "" },
            new() { ["X-Hub-Signature-256"] = "garbage" },
            new() { ["X-Hub-Signature-256"] = "sha256=" + new string('0', 64) },
            new() { ["X-Hub-Signature-256"] = genuine.Single().Value[..^1] + "x" },
        ];
        var replies = new List<string>();
        foreach (Dictionary<string, string> headers in forgeries)
        {
            Reply reply = await server.PostAsync("/hook", headers, s_body);
            Assert.Equal(401, reply.Status);
            Assert.Equal(GenericBody, reply.Body);
            Assert.Equal("application/json", reply.Headers["Content-Type"]);
            reply.Headers.Remove("Date");
            replies.Add(string.Join('\n', reply.Headers));
        }
        Assert.Single(replies.Distinct());
        Assert.Equal(0, calls.Value);
        Assert.Contains("Warning: Webhook hook (github) at /hook rejected: signature_mismatch: ", server.Log.Text, StringComparison.Ordinal);
        Assert.Contains("Warning: Webhook hook (github) at /hook rejected: missing_header: ", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Deliveries.Secret, server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hook_may_add_headers_or_answer_itself()
    {
        (WebServer server, _, StrongBox calls) = await StartAsync(options => options.OnRejected = async rejection =>
        {
            HttpResponse response = rejection.HttpContext.Response;
            response.Headers["X-Why"] = $"{rejection.Webhook} {rejection.Failure.CodeText}";
            if (rejection.HttpContext.Request.Headers.ContainsKey("X-Own-Answer"))
            {
                response.StatusCode = 418;
                response.ContentType = "text/plain";
                await response.WriteAsync("mine");
            }
        });
        await using WebServer running = server;

        Reply reply = await server.PostAsync("/hook", [], s_body);
        Assert.Equal((401, GenericBody, "hook missing_header"), (reply.Status, reply.Body, reply.Headers["X-Why"]));

        reply = await server.PostAsync("/hook", [KeyValuePair.Create("X-Own-Answer", "1")], s_body);
        Assert.Equal(418, reply.Status);
        Assert.Contains("mine", reply.Body, StringComparison.Ordinal);
        Assert.Equal(0, calls.Value);
    }

    [Fact]
    public async Task A_hook_that_throws_rejects_all_the_same()
    {
        (WebServer server, _, StrongBox calls) = await StartAsync(options => options.OnRejected = rejection =>
        {
            rejection.HttpContext.Response.StatusCode = 200;
            throw new InvalidTimeZoneException("deliberate");
        });
        await using WebServer running = server;
        Reply reply = await server.PostAsync("/hook", [], s_body);
        Assert.Equal((401, GenericBody), (reply.Status, reply.Body));
        Assert.Equal(0, calls.Value);
        Assert.Contains("Error: OnRejected of webhook hook failed", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_whatever_it_announces()
    {
        (WebServer server, Verifier verifier, StrongBox calls) = await StartAsync(maxBodyBytes: 1000);
        await using WebServer running = server;
        byte[] largest = new byte[1000];
        Reply reply = await server.PostAsync("/hook", verifier.Sign("POST", server.Url("/hook"), largest), largest);
        Assert.Equal(200, reply.Status);

        // What needs no body is refused before.
        Assert.Equal(401, (await server.PostAsync("/hook", [], new byte[1001])).Status);
        var headers = verifier.Sign("POST", server.Url("/hook"), largest).ToDictionary();
        reply = await server.PostAsync("/hook", headers, new byte[1001]);
        Assert.Equal((413, GenericBody), (reply.Status, reply.Body));

        KeyValuePair<string, string>[] chunked = [.. headers, KeyValuePair.Create("Transfer-Encoding", "chunked")];
        foreach (int size in new[] { 1001, 100_000 })
        {
            reply = await server.SendAsync("POST", "/hook", chunked, Chunks(new byte[size]));
            Assert.Equal((413, GenericBody), (reply.Status, reply.Body));
        }
        Assert.Equal(1, calls.Value);
    }

    [Fact]
    public async Task A_limit_above_the_servers_own_counts()
    {
        (WebServer server, Verifier verifier, _) = await StartAsync(maxBodyBytes: 2 * WebServer.OwnLimit);
        await using WebServer running = server;
        byte[] body = new byte[WebServer.OwnLimit + 1];
        Reply reply = await server.PostAsync("/hook", verifier.Sign("POST", server.Url("/hook"), body), body);
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task A_chunked_body_is_read_to_its_end()
    {
        (WebServer server, Verifier verifier, _) = await StartAsync();
        await using WebServer running = server;
        foreach (byte[] body in new byte[][] { [], s_body, new byte[200_000] })
        {
            var headers = verifier.Sign("POST", server.Url("/hook"), body).ToDictionary();
            headers["Transfer-Encoding"] = "chunked";
            Reply reply = await server.SendAsync("POST", "/hook", headers, Chunks(body));
            Assert.Equal(200, reply.Status);
        }
    }

    [Fact]
    public async Task A_body_that_something_read_before_is_a_fault_of_the_application()
    {
        byte[] form = Encoding.ASCII.GetBytes("a=b");
        (string Path, Func<HttpContext, Task> Read)[] readers =
        [
            ("/stream", async context => await new StreamReader(context.Request.Body).ReadToEndAsync()),
            ("/form", context => context.Request.ReadFormAsync()),
            ("/pipe", async context =>
            {
                await context.Request.BodyReader.ReadAtLeastAsync(1);
                await context.Request.BodyReader.CompleteAsync();
            }),
        ];
        foreach ((string path, Func<HttpContext, Task> read) in readers)
        {
            (WebServer server, Verifier verifier, StrongBox calls) = await StartAsync(before: app =>
                app.Use(async (context, next) =>
                {
                    if (context.Request.Headers.ContainsKey("X-Buffer"))
                    {
                        context.Request.EnableBuffering();
                    }
                    await read(context);
                    await next(context);
                }));
            await using WebServer running = server;
            var headers = verifier.Sign("POST", server.Url("/hook"), form).ToDictionary();
            headers["Content-Type"] = "application/x-www-form-urlencoded";

            Reply reply = await server.PostAsync("/hook", headers, form);
            Assert.True(reply.Status == 500, $"{path}: {reply}");
            Assert.Equal(GenericBody, reply.Body);
            Assert.Equal(0, calls.Value);
            Assert.Contains("body_already_parsed: ", server.Log.Text, StringComparison.Ordinal);
            Assert.Contains("EnableBuffering", server.Log.Text, StringComparison.Ordinal);

            if (path != "/pipe")
            {
                headers["X-Buffer"] = "1";
                reply = await server.PostAsync("/hook", headers, form);
                Assert.Equal((200, 1), (reply.Status, calls.Value));
            }
        }
    }

    [Fact]
    public async Task The_clock_is_that_of_the_application()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        using var verifier = new Verifier("standard-webhooks", new() { ["secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
        await using WebServer server = await WebServer.StartAsync(
            services => services.AddSingleton<TimeProvider>(clock).AddWebhookVerifier("hook", verifier),
            app => app.MapPost("/hook", (VerifiedEvent delivery) => delivery.Timestamp).RequireWebhook("hook"));
        IReadOnlyDictionary<string, string> headers = verifier.Sign("POST", server.Url("/hook"), s_body, now: 1_700_000_000);

        Reply reply = await server.PostAsync("/hook", headers, s_body);
        Assert.Equal(200, reply.Status);
        Assert.Contains("1700000000", reply.Body, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromHours(1));
        reply = await server.PostAsync("/hook", headers, s_body);
        Assert.Equal(401, reply.Status);
        Assert.Contains("timestamp_too_old", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_and_branches_are_protected_too()
    {
        using Verifier verifier = Deliveries.GitHub();
        await using WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", verifier),
            app =>
            {
                RouteGroupBuilder group = app.MapGroup("/group").RequireWebhook("hook");
                group.MapPost("/a", (VerifiedEvent delivery) => delivery.Scheme);
                app.Map("/branch", branch =>
                {
                    branch.UseWebhook("hook");
                    branch.Run(context => context.Response.WriteAsync(context.GetVerifiedEvent().Scheme));
                });
                app.MapPost("/open", () => "open");
            });
        foreach (string path in new[] { "/group/a", "/branch", "/branch/below" })
        {
            Assert.Equal(401, (await server.PostAsync(path, [], s_body)).Status);
            Reply reply = await server.PostAsync(path, verifier.Sign("POST", server.Url(path), s_body), s_body);
            Assert.Equal(200, reply.Status);
            Assert.Contains("github", reply.Body, StringComparison.Ordinal);
        }
        Assert.Equal(200, (await server.PostAsync("/open", [], s_body)).Status);
    }

    [Fact]
    public async Task A_handler_without_protection_gets_no_delivery()
    {
        bool called = false;
        await using WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", "github", new() { ["secret"] = Deliveries.Secret }),
            app =>
            {
                app.MapPost("/parameter", (VerifiedEvent delivery) => called = delivery is not null);
                app.MapPost("/context", (HttpContext context) => called = context.GetVerifiedEvent() is not null);
            });
        foreach (string path in new[] { "/parameter", "/context" })
        {
            Assert.Equal(500, (await server.PostAsync(path, [], s_body)).Status);
            Assert.False(called);
        }
    }

    [Fact]
    public async Task A_wrong_set_up_stops_the_application()
    {
        Assert.Throws<ConfigurationException>(() =>
            new ServiceCollection().AddWebhookVerifier("hook", "github", new() { ["secrte"] = "x" }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", Deliveries.GitHub()),
            app => app.UseWebhook("another")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", Deliveries.GitHub()).AddWebhookVerifier("hook", Deliveries.GitHub()),
            app => app.UseWebhook("hook")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WebServer.StartAsync(_ => { }, app => app.UseWebhook("hook")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", Deliveries.GitHub()),
            app => app.MapPost("/hook", () => "").RequireWebhook("another")));
    }

    [Fact]
    public async Task A_disposed_verifier_lets_nobody_through()
    {
        (WebServer server, Verifier verifier, StrongBox calls) = await StartAsync();
        await using WebServer running = server;
        IReadOnlyDictionary<string, string> headers = verifier.Sign("POST", server.Url("/hook"), s_body);
        verifier.Dispose();
        Assert.Equal(500, (await server.PostAsync("/hook", headers, s_body)).Status);
        Assert.Equal(0, calls.Value);
    }

    [Fact]
    public async Task The_peer_is_the_address_of_the_socket()
    {
        using var local = new Verifier("github", new() { ["secret"] = Deliveries.Secret, ["allowed_ips"] = new[] { "127.0.0.1" } });
        using var remote = new Verifier("github", new() { ["secret"] = Deliveries.Secret, ["allowed_ips"] = new[] { "192.0.2.1" } });
        await using WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("local", local).AddWebhookVerifier("remote", remote),
            app =>
            {
                app.MapPost("/local", () => "").RequireWebhook("local");
                app.MapPost("/remote", () => "").RequireWebhook("remote");
            });
        using Verifier sender = Deliveries.GitHub();
        var headers = sender.Sign("POST", server.Url("/local"), s_body).ToDictionary();
        headers["X-Forwarded-For"] = "192.0.2.1";
        Assert.Equal(200, (await server.PostAsync("/local", headers, s_body)).Status);
        Assert.Equal(403, (await server.PostAsync("/remote", headers, s_body)).Status);
    }

    [Fact]
    public async Task A_client_of_dotnet_is_understood()
    {
        (WebServer server, Verifier verifier, _) = await StartAsync();
        await using WebServer running = server;
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version11 };
        using var content = new ByteArrayContent(s_body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach ((string name, string value) in verifier.Sign("POST", server.Url("/hook"), s_body))
        {
            content.Headers.Add(name, value);
        }
        using HttpResponseMessage response = await client.PostAsync(
            new Uri(server.Url("/hook")), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static byte[] Chunks(byte[] body)
    {
        using var stream = new MemoryStream();
        for (int offset = 0; offset < body.Length; offset += 50_000)
        {
            int length = Math.Min(50_000, body.Length - offset);
            stream.Write(Encoding.ASCII.GetBytes($"{length:x}\r\n"));
            stream.Write(body, offset, length);
            stream.Write("\r\n"u8);
        }
        stream.Write("0\r\n\r\n"u8);
        return stream.ToArray();
    }
}
