using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>A body that is not the one that was sent is a fault of the application, and the log says so.</summary>
public class BodyTests
{
    private const string Password = "a password that nobody else knows";

    private static async Task<(WebServer Server, Verifier Verifier, EndpointTests.StrongBox Calls)> StartAsync(
        Action<WebApplication> before,
        VerifierOptions? basic = null)
    {
        Verifier verifier = basic is null ? Deliveries.GitHub() : new Verifier("kaisa-basic", basic);
        var calls = new EndpointTests.StrongBox();
        WebServer server = await WebServer.StartAsync(
            services => services.AddRequestDecompression().AddWebhookVerifier("hook", verifier),
            app =>
            {
                before(app);
                app.MapPost("/hook", (VerifiedEvent delivery) =>
                {
                    calls.Value++;
                    return delivery.Payload.Length;
                }).RequireWebhook("hook");
            });
        return (server, verifier, calls);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }

    private static byte[] Chunk(byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8];

    private static Task EatAsync(HttpContext context) => context.Request.Body.CopyToAsync(Stream.Null);

    [Fact]
    public async Task A_chunked_body_that_was_eaten_is_missed()
    {
        (WebServer server, Verifier verifier, EndpointTests.StrongBox calls) = await StartAsync(app => app.Use(async (context, next) =>
        {
            await EatAsync(context);
            await next(context);
        }));
        await using WebServer running = server;
        byte[] body = Encoding.ASCII.GetBytes("a=b");
        var headers = verifier.Sign("POST", server.Url("/hook"), body).ToDictionary();
        headers["Transfer-Encoding"] = "chunked";
        Assert.Equal(500, (await server.SendAsync("POST", "/hook", headers, Chunk(body))).Status);
        Assert.Contains("body_already_parsed", server.Log.Text, StringComparison.Ordinal);
        Assert.Equal(0, calls.Value);
    }

    [Fact]
    public async Task An_eaten_body_is_no_delivery_where_the_body_is_not_signed()
    {
        VerifierOptions options = new() { ["username"] = "sender", ["password"] = Password };
        (WebServer server, _, EndpointTests.StrongBox calls) = await StartAsync(
            app => app.Use(async (context, next) =>
            {
                if (context.Request.Headers.ContainsKey("X-Eat"))
                {
                    await EatAsync(context);
                }
                await next(context);
            }),
            options);
        await using WebServer running = server;
        byte[] body = Encoding.ASCII.GetBytes("{}");
        Dictionary<string, string> headers = new()
        {
            ["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"sender:{Password}")),
        };
        Dictionary<string, string> chunked = new(headers) { ["Transfer-Encoding"] = "chunked" };
        Assert.Equal(200, (await server.PostAsync("/hook", headers, body)).Status);
        Assert.Equal(200, (await server.SendAsync("POST", "/hook", chunked, Chunk(body))).Status);
        Assert.Equal(200, (await server.PostAsync("/hook", headers, [])).Status);
        headers["X-Eat"] = chunked["X-Eat"] = "1";
        Assert.Equal(500, (await server.PostAsync("/hook", headers, body)).Status);
        Assert.Equal(500, (await server.SendAsync("POST", "/hook", chunked, Chunk(body))).Status);
        Assert.Equal(3, calls.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_was_decompressed_before_is_named_as_such(bool isChunked)
    {
        (WebServer server, Verifier verifier, EndpointTests.StrongBox calls) = await StartAsync(app => app.UseRequestDecompression());
        await using WebServer running = server;
        // Smaller than its gzip, about as large, and larger.
        byte[][] bodies = [Encoding.ASCII.GetBytes("{}"), RandomNumberGenerator.GetBytes(500), new byte[5000]];
        foreach (byte[] body in bodies)
        {
            byte[] sent = Gzip(body);
            var headers = verifier.Sign("POST", server.Url("/hook"), sent).ToDictionary();
            headers["Content-Encoding"] = "gzip";
            Assert.Equal(500, (await SendAsync(server, headers, sent, isChunked)).Status);
            Assert.Contains("body_already_parsed: the body was decompressed", server.Log.Text, StringComparison.Ordinal);

            // Who signs what is inside is verified.
            headers = verifier.Sign("POST", server.Url("/hook"), body).ToDictionary();
            headers["Content-Encoding"] = "gzip";
            Assert.Equal(200, (await SendAsync(server, headers, sent, isChunked)).Status);

            // A middleware that is not asked changes nothing.
            headers = verifier.Sign("POST", server.Url("/hook"), body).ToDictionary();
            Assert.Equal(200, (await SendAsync(server, headers, body, isChunked)).Status);
            headers["X-Hub-Signature-256"] = "sha256=" + new string('0', 64);
            Assert.Equal(401, (await SendAsync(server, headers, body, isChunked)).Status);
        }
        Assert.Equal(6, calls.Value);

        var broken = verifier.Sign("POST", server.Url("/hook"), bodies[0]).ToDictionary();
        broken["Content-Encoding"] = "gzip";
        Assert.Equal(500, (await SendAsync(server, broken, bodies[2], isChunked)).Status);
        Assert.Equal(6, calls.Value);
    }

    [Fact]
    public async Task A_compressed_body_is_verified_as_it_was_sent()
    {
        (WebServer server, Verifier verifier, _) = await StartAsync(_ => { });
        await using WebServer running = server;
        byte[] sent = Gzip(Encoding.ASCII.GetBytes("{}"));
        var headers = verifier.Sign("POST", server.Url("/hook"), sent).ToDictionary();
        headers["Content-Encoding"] = "gzip";
        Assert.Equal(200, (await server.PostAsync("/hook", headers, sent)).Status);
    }

    [Fact]
    public async Task What_needs_no_body_is_refused_before_it_is_read()
    {
        bool wasRead = false;
        (WebServer server, _, _) = await StartAsync(app => app.Use((context, next) =>
        {
            context.Request.Body = new Watched(() => wasRead = true);
            return next(context);
        }));
        await using WebServer running = server;
        Assert.Equal(401, (await server.PostAsync("/hook", [], new byte[10])).Status);
        Assert.False(wasRead);
        Assert.Equal(500, (await server.PostAsync("/hook", [KeyValuePair.Create("X-Hub-Signature-256", "sha256=" + new string('0', 64))], new byte[10])).Status);
        Assert.True(wasRead);
    }

    [Fact]
    public async Task A_log_line_has_one_path_without_query_and_without_end()
    {
        (WebServer server, _, _) = await StartAsync(_ => { });
        await using WebServer running = server;
        await server.PostAsync("/hook?token=a-secret-token", [], []);
        Assert.Contains("Webhook hook (github) at /hook rejected: ", server.Log.Text, StringComparison.Ordinal);
        await server.PostAsync(server.Url("/hook?token=a-secret-token").Replace("//", "//user:a-secret-token@", StringComparison.Ordinal), [], []);
        // The lines of ASP.NET Core itself show the query.
        string[] lines = [.. server.Log.Text.Split('\n').Where(line => line.Contains("Webhook hook", StringComparison.Ordinal))];
        Assert.Equal(2, lines.Length);
        Assert.DoesNotContain("a-secret-token", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_logged_path_is_one_bounded_line()
    {
        Assert.Equal("/a\\u000a\\u0020\\u00e9%0A", Hookseal.AspNetCore.Internal.LoggedPath.Of("/a\n \u00e9%0A?x"));
        Assert.Equal("/", Hookseal.AspNetCore.Internal.LoggedPath.Of("http://host?x"));
        Assert.Equal("/p", Hookseal.AspNetCore.Internal.LoggedPath.Of("http://u:p@host/p?x=/y"));
        Assert.Equal(129, Hookseal.AspNetCore.Internal.LoggedPath.Of("/" + new string('a', 9000)).Length);
    }

    private static Task<Reply> SendAsync(WebServer server, Dictionary<string, string> headers, byte[] body, bool isChunked) =>
        isChunked
            ? server.SendAsync("POST", "/hook", [.. headers, KeyValuePair.Create("Transfer-Encoding", "chunked")], Chunk(body))
            : server.PostAsync("/hook", headers, body);

    /// <summary>An empty stream that tells when it is read.</summary>
    private sealed class Watched(Action onRead) : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead();
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
