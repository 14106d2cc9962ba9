using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>Whoever has one genuine signature must get it verified for no other URL than the one that was signed.</summary>
public class HostileTargetTests
{
    private const string Origin = "https://calls.example.com";

    /// <summary>A genuine delivery of GET /calls/1, and a server that tells what it served.</summary>
    private static Task<WebServer> StartAsync(
        Dictionary<string, OptionValue?>? options = null,
        Action<WebApplication>? before = null)
    {
        VerifierOptions all = new() { ["auth_token"] = Deliveries.Token };
        foreach ((string name, OptionValue? value) in options ?? [])
        {
            all[name] = value;
        }
        return WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", "plivo", all),
            app =>
            {
                before?.Invoke(app);
                app.MapGet("/{**path}", (VerifiedEvent delivery, HttpRequest request) =>
                    $"served {request.PathBase}{request.Path}").RequireWebhook("hook");
            });
    }

    private static async Task<Reply> SendAsync(
        WebServer server,
        string target,
        string[] hosts,
        string signedUrl,
        params string[] more)
    {
        using Verifier sender = Deliveries.Plivo();
        IEnumerable<string> lines =
        [
            $"GET {target} HTTP/1.1",
            .. hosts.Select(host => $"Host: {host}"),
            "Connection: close",
            .. sender.Sign("GET", signedUrl, []).Select(header => $"{header.Key}: {header.Value}"),
            .. more,
        ];
        return await server.SendRawAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
    }

    private static void AssertRefused(Reply reply, string what)
    {
        Assert.True(reply.Status is 400 or 401, $"{what}: {reply}");
        Assert.DoesNotContain("served", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_that_was_signed_is_served()
    {
        await using WebServer server = await StartAsync();
        Reply reply = await SendAsync(server, "/calls/1", [$"127.0.0.1:{server.Port}"], server.Url("/calls/1"));
        Assert.Equal((200, "served /calls/1"), (reply.Status, reply.Body));

        await using WebServer proxied = await StartAsync(new() { ["public_url"] = Origin });
        reply = await SendAsync(proxied, "/calls/1", [$"127.0.0.1:{proxied.Port}"], $"{Origin}/calls/1");
        Assert.Equal((200, "served /calls/1"), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/calls/1#")]
    [InlineData("/calls/1#b")]
    [InlineData("/calls/1#/../2")]
    [InlineData("/calls/1#?admin=1")]
    [InlineData("/calls/1#&admin=true")]
    [InlineData("/calls/1?#admin=1")]
    [InlineData("#/calls/1")]
    [InlineData("/#/../calls/1")]
    public async Task A_fragment_is_refused_whatever_was_signed(string target)
    {
        foreach (Dictionary<string, OptionValue?> options in new Dictionary<string, OptionValue?>[] { [], new() { ["public_url"] = Origin } })
        {
            await using WebServer server = await StartAsync(options);
            string origin = options.Count == 0 ? server.Url("") : Origin;
            AssertRefused(await SendAsync(server, target, [$"127.0.0.1:{server.Port}"], $"{origin}/calls/1"), target);
            AssertRefused(await SendAsync(server, target, [$"127.0.0.1:{server.Port}"], $"{origin}/calls/1?"), target);
        }
    }

    [Theory]
    [InlineData("x/calls/1#")]
    [InlineData("x/calls/1?")]
    [InlineData("x/calls/1")]
    [InlineData("x/hook?")]
    [InlineData("u@x")]
    [InlineData("u:p@x")]
    [InlineData("a b")]
    [InlineData("x\\calls")]
    [InlineData("x%2fcalls")]
    [InlineData("x, x")]
    [InlineData("x;y")]
    [InlineData("x\t")]
    [InlineData("x", "y")]
    [InlineData("x", "x/calls/1#")]
    [InlineData("")]
    public async Task A_host_never_passes_for_a_part_of_the_target(params string[] hosts)
    {
        foreach (Dictionary<string, OptionValue?> options in new Dictionary<string, OptionValue?>[] { [], new() { ["public_url"] = Origin } })
        {
            await using WebServer server = await StartAsync(options);
            foreach (string signed in new[] { "http://x/calls/1", $"{Origin}/calls/1" })
            {
                AssertRefused(await SendAsync(server, "/answer?admin=1", hosts, signed), $"{string.Join('|', hosts)} {signed}");
                AssertRefused(await SendAsync(server, "/", hosts, signed), $"{string.Join('|', hosts)} {signed}");
            }
        }
    }

    [Theory]
    [InlineData("http://x/calls/1", "y")]
    [InlineData("https://x/calls/1", "x")]
    [InlineData("http://u@x/calls/1", "x")]
    [InlineData("http://x/calls/1#/../2", "x")]
    [InlineData("http://x#/calls/1", "x")]
    [InlineData("http:///calls/1", "x")]
    [InlineData("ftp://x/calls/1", "x")]
    public async Task An_absolute_form_that_contradicts_the_connection_is_refused(string target, string host)
    {
        await using WebServer server = await StartAsync();
        foreach (string signed in new[] { "http://x/calls/1", "https://x/calls/1", "http://y/calls/1" })
        {
            AssertRefused(await SendAsync(server, target, [host], signed), $"{target} {signed}");
        }
    }

    [Fact]
    public async Task An_absolute_form_that_does_not_is_that_url()
    {
        await using WebServer server = await StartAsync();
        Reply reply = await SendAsync(server, "http://x/calls/1", ["x"], "http://x/calls/1");
        Assert.Equal((200, "served /calls/1"), (reply.Status, reply.Body));
        AssertRefused(await SendAsync(server, "http://x/calls/2", ["x"], "http://x/calls/1"), "another path");
    }

    [Fact]
    public async Task The_scheme_is_that_of_the_connection_whatever_the_request_says()
    {
        await using WebServer server = await StartAsync(
            new() { ["require_https"] = true },
            app => app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All }));
        string[] targets = ["/calls/1", "https://bank.example/calls/1", "http://bank.example/calls/1"];
        foreach (string target in targets)
        {
            Reply reply = await SendAsync(
                server, target, ["bank.example"], "https://bank.example/calls/1", "X-Forwarded-Proto: https", "X-Original-Proto: https");
            Assert.True(reply.Status == 403, $"{target}: {reply}");
        }
        Assert.Contains("insecure_transport", server.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prefix_that_the_caller_sends_does_not_count(bool hasMiddleware)
    {
        await using WebServer server = await StartAsync(
            new() { ["public_url"] = Origin },
            app =>
            {
                if (hasMiddleware)
                {
                    app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All });
                }
            });
        string[] host = [$"127.0.0.1:{server.Port}"];
        string[] forged = ["X-Forwarded-Prefix: /v1/other", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"];
        AssertRefused(await SendAsync(server, "/form", host, $"{Origin}/v1/other/form", forged), "prefix");
        Reply reply = await SendAsync(server, "/form", host, $"{Origin}/form", forged);
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task A_proxy_that_strips_its_prefix_is_a_public_url_with_it()
    {
        await using WebServer server = await StartAsync(
            new() { ["public_url"] = $"{Origin}/hooks" },
            app => app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All }));
        Reply reply = await SendAsync(
            server, "/calls/1", [$"127.0.0.1:{server.Port}"], $"{Origin}/hooks/calls/1", "X-Forwarded-Prefix: /hooks", "X-Forwarded-Proto: https");
        Assert.Equal((200, "served /hooks/calls/1"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task The_address_is_that_of_the_socket_whatever_middleware_makes_of_it()
    {
        await using WebServer server = await StartAsync(
            new() { ["allowed_ips"] = new[] { "192.0.2.1" } },
            app => app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All }));
        string[] host = [$"127.0.0.1:{server.Port}"];
        foreach (string header in new[] { "X-Forwarded-For: 192.0.2.1", "X-Original-For: 192.0.2.1:80", "Forwarded: for=192.0.2.1" })
        {
            Reply reply = await SendAsync(server, "/calls/1", host, server.Url("/calls/1"), header);
            Assert.True(reply.Status == 403, $"{header}: {reply}");
        }
    }

    [Fact]
    public async Task A_trusted_proxy_is_heard_though_middleware_has_eaten_its_headers()
    {
        await using WebServer server = await StartAsync(
            new()
            {
                ["allowed_ips"] = new[] { "192.0.2.1" },
                ["trusted_proxies"] = new[] { "127.0.0.1" },
                ["allowed_hosts"] = new[] { "calls.example.com" },
                ["require_https"] = true,
            },
            app => app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All }));
        string[] host = [$"127.0.0.1:{server.Port}"];
        string[] forwarded = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: calls.example.com", "X-Forwarded-Proto: https"];
        Reply reply = await SendAsync(server, "/calls/1", host, $"{Origin}/calls/1", forwarded);
        Assert.Equal((200, "served /calls/1"), (reply.Status, reply.Body));
        forwarded[0] = "X-Forwarded-For: 192.0.2.2";
        Assert.Equal(403, (await SendAsync(server, "/calls/1", host, $"{Origin}/calls/1", forwarded)).Status);
    }

    [Fact]
    public async Task A_method_from_a_header_needs_a_signature_of_its_own()
    {
        const string Scheme = """
            {"id": "acme", "title": "Acme", "docs": "https://acme.example/webhooks", "status": "stable",
             "key": {"option": "secret", "hint": "the secret of the webhook"},
             "signature": {"algorithm": "hmac-sha256", "from": "header:x-acme-signature", "encoding": "hex", "signed": "{method}\n{body}"}}
            """;
        bool called = false;
        await using WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", Scheme, new() { ["secret"] = Deliveries.Secret }),
            app =>
            {
                app.UseHttpMethodOverride();
                app.UseRouting();
                app.MapMethods("/calls/1", ["GET"], () => called = true).RequireWebhook("hook");
            });
        using var sender = new Verifier(Scheme, new() { ["secret"] = Deliveries.Secret });
        var headers = sender.Sign("POST", server.Url("/calls/1"), []).ToDictionary();
        headers["X-HTTP-Method-Override"] = "GET";
        Assert.Equal(401, (await server.PostAsync("/calls/1", headers, [])).Status);
        Assert.False(called);
    }
}
