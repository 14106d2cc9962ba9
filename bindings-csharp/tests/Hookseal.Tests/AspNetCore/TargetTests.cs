using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>A signature over the URL survives only if the target stays as it was sent.</summary>
public class TargetTests
{
    private static async Task<(WebServer Server, Verifier Verifier)> StartAsync(string? publicUrl = null)
    {
        VerifierOptions options = new() { ["auth_token"] = Deliveries.Token };
        if (publicUrl is not null)
        {
            options["public_url"] = publicUrl;
        }
        var verifier = new Verifier("plivo", options);
        WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("hook", verifier),
            app =>
            {
                app.UseWebhook("hook");
                app.Run(context => context.Response.WriteAsync("verified"));
            });
        return (server, verifier);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("//answer")]
    [InlineData("/a//b")]
    [InlineData("/a%2Fb")]
    [InlineData("/a%2fb")]
    [InlineData("/a%20b")]
    [InlineData("/a%25b")]
    [InlineData("/a;x=1")]
    [InlineData("/a+b")]
    [InlineData("/caf%c3%a9")]
    [InlineData("/caf%C3%A9")]
    [InlineData("/caf%e9")]
    [InlineData("/caf%E9")]
    [InlineData("/a/../b")]
    [InlineData("/a/./b")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a%")]
    [InlineData("/a%zz")]
    [InlineData("/a?")]
    [InlineData("/a??b")]
    [InlineData("/?a&b=")]
    [InlineData("/?b=&a")]
    [InlineData("/?a=%00")]
    [InlineData("/?a=%e9&b=%E9")]
    [InlineData("/?a=%zz&b=%")]
    [InlineData("/?a=b+c%20d%2Be")]
    [InlineData("/?a=b;c=d")]
    [InlineData("/?&&a=1&&")]
    [InlineData("/?a=[b]{c}|d^e`f\"<>\\")]
    [InlineData("/a|b")]
    [InlineData("/a\\b")]
    public async Task An_odd_target_arrives_as_it_was_sent(string target)
    {
        (WebServer server, Verifier verifier) = await StartAsync();
        await using WebServer running = server;
        IReadOnlyDictionary<string, string> headers = verifier.Sign("GET", server.Url(target), []);
        Assert.Equal(200, (await server.SendAsync("GET", target, headers, [])).Status);
        // Any other form of the same target is another one.
        IReadOnlyDictionary<string, string> other = verifier.Sign("GET", server.Url(target + "x"), []);
        Assert.Equal(401, (await server.SendAsync("GET", target, other, [])).Status);
    }

    [Theory]
    [InlineData("/%00", 400)]
    [InlineData("/a%00b", 400)]
    [InlineData("/caf\u00e9", 400)]
    [InlineData("/?q=caf\u00e9", 400)]
    [InlineData("/a b", 400)]
    [InlineData("", 400)]
    [InlineData("answer", 405)]
    [InlineData("*", 405)]
    public async Task Some_targets_are_refused_by_Kestrel_itself(string target, int status)
    {
        (WebServer server, Verifier verifier) = await StartAsync();
        await using WebServer running = server;
        IReadOnlyDictionary<string, string> headers = verifier.Sign("GET", server.Url("/"), []);
        Reply reply = await server.SendAsync("GET", target, headers, []);
        Assert.Equal(status, reply.Status);
        Assert.DoesNotContain("rejected", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_a_whole_url_says_it_all()
    {
        (WebServer server, Verifier verifier) = await StartAsync();
        await using WebServer running = server;
        IReadOnlyDictionary<string, string> headers = verifier.Sign("GET", server.Url("/a?b=c"), []);
        Assert.Equal(200, (await server.SendAsync("GET", server.Url("/a?b=c"), headers, [])).Status);
    }

    [Fact]
    public async Task The_public_url_stands_in_front_of_the_raw_target()
    {
        (WebServer server, Verifier verifier) = await StartAsync("https://calls.example.com/base");
        await using WebServer running = server;
        foreach (string target in new[] { "/a%2Fb?x=%e9", "//evil.example/a", "/?a&b=" })
        {
            using Verifier sender = Deliveries.Plivo();
            IReadOnlyDictionary<string, string> headers = sender.Sign("GET", "https://calls.example.com/base" + target, []);
            Assert.Equal(200, (await server.SendAsync("GET", target, headers, [])).Status);
        }
        // HTTP/1.0 without a Host.
        string head = "GET /a HTTP/1.0\r\n" + string.Concat(verifier.Sign("GET", "/a", [])
            .Select(header => $"{header.Key}: {header.Value}\r\n")) + "\r\n";
        Assert.Equal(200, (await server.SendRawAsync(Encoding.ASCII.GetBytes(head))).Status);
    }

    [Fact]
    public async Task A_request_without_host_or_public_url_is_rejected()
    {
        (WebServer server, Verifier verifier) = await StartAsync();
        await using WebServer running = server;
        string head = "GET /a HTTP/1.0\r\n" + string.Concat(verifier.Sign("GET", server.Url("/a"), [])
            .Select(header => $"{header.Key}: {header.Value}\r\n")) + "\r\n";
        Reply reply = await server.SendRawAsync(Encoding.ASCII.GetBytes(head));
        Assert.Equal(400, reply.Status);
        Assert.Contains("malformed_url", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duplicate_headers_reach_the_core()
    {
        (WebServer server, Verifier verifier) = await StartAsync();
        await using WebServer running = server;
        var headers = verifier.Sign("GET", server.Url("/a"), []).ToList();
        KeyValuePair<string, string> nonce = headers.Single(header => header.Key.EndsWith("nonce", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(200, (await server.SendAsync("GET", "/a", [.. headers, nonce], [])).Status);
        Assert.Equal(401, (await server.SendAsync("GET", "/a", [.. headers, KeyValuePair.Create(nonce.Key, "54321")], [])).Status);
        Assert.Contains("ambiguous_header", server.Log.Text, StringComparison.Ordinal);
    }
}
