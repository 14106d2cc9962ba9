using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hookseal.Tests.Keys;

/// <summary>Keys from a real server over HTTP, on its good and on its bad days.</summary>
public sealed class RemoteKeyTests : IDisposable
{
    /// <summary>A little more than the shortest that may be set.</summary>
    private static readonly TimeSpan s_cooldown = TimeSpan.FromMilliseconds(1100);

    private readonly SigningKey _first = new("first");
    private readonly SigningKey _second = new("second");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Keys_are_fetched_when_they_are_needed_and_once()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        (Verifier verifier, List<string> failures) = server.Verifier();
        using Verifier disposed = verifier;
        Assert.Equal(0, server.Requests);

        VerifiedEvent delivery = verifier.Verify(_first.Request(new() { ["sub"] = "sender", ["n"] = 7 }));
        Assert.NotNull(await verifier.VerifyAsync(_first.Request(), Cancellation));

        Assert.Equal(1, server.Requests);
        Assert.Empty(failures);
        Assert.Equal("first", delivery.KeyId);
        Assert.Equal("sender", delivery.Claims["sub"].GetString());
        Assert.Equal(7, delivery.Claims["n"].GetInt32());
        Assert.Equal(JsonValueKind.Number, delivery.Claims["exp"].ValueKind);
        Assert.Null(delivery.ReplayKey);
        Assert.False(delivery.Claims is Dictionary<string, JsonElement>);
    }

    [Fact]
    public async Task A_request_asks_for_json_and_carries_nothing_else_of_ours()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        string accept = "";
        Func<HttpContext, Task> serve = server.Answer;
        server.Answer = context =>
        {
            accept = context.Request.Headers.Accept.ToString();
            Assert.False(context.Request.Headers.ContainsKey("Authorization"));
            return serve(context);
        };
        using Verifier verifier = server.Verifier().Verifier;
        Assert.True(await verifier.LoadKeysAsync(Cancellation));
        Assert.Equal("application/json, */*;q=0.1", accept);
    }

    [Fact]
    public async Task A_verifier_can_be_made_ready_at_start_up()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        using Verifier verifier = server.Verifier().Verifier;
        Assert.True(verifier.LoadKeys());
        Assert.True(await verifier.LoadKeysAsync(Cancellation));
        Assert.NotNull(verifier.Verify(_first.Request()));
        Assert.Equal(1, server.Requests);

        using Verifier without = Deliveries.GitHub();
        Assert.True(without.LoadKeys() && await without.LoadKeysAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_key_is_found_by_one_more_fetch(bool synchronously)
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        using Verifier verifier = server.Verifier(new() { ["jwks_cooldown"] = 1 }).Verifier;
        Assert.NotNull(verifier.Verify(_first.Request()));

        server.Serve(_first, _second);
        await Task.Delay(s_cooldown, Cancellation);
        VerifiedEvent delivery = synchronously
            ? verifier.Verify(_second.Request())
            : await verifier.VerifyAsync(_second.Request(), Cancellation);
        Assert.Equal("second", delivery.KeyId);
        Assert.NotNull(verifier.Verify(_first.Request()));
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task A_forged_key_id_costs_no_fetch_within_the_cooldown()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        using Verifier verifier = server.Verifier().Verifier;
        Assert.NotNull(verifier.Verify(_first.Request()));
        for (int round = 0; round < 50; round++)
        {
            // A key that is newer than the last fetch has such an id too: the sender is to try again.
            Assert.Equal(ErrorCode.KeyUnavailable, VerifierTests.Fails(verifier, _second.Request()));
        }
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_herd_makes_one_fetch()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        Func<HttpContext, Task> serve = server.Answer;
        server.Answer = async context =>
        {
            await Task.Delay(300, context.RequestAborted);
            await serve(context);
        };
        using Verifier verifier = server.Verifier().Verifier;
        WebhookRequest request = _first.Request();

        Task<VerifiedEvent>[] waiting =
        [
            .. Enumerable.Range(0, 40).Select(_ => verifier.VerifyAsync(request, Cancellation).AsTask()),
            .. Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () => verifier.Verify(request), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];

        Assert.All(await Task.WhenAll(waiting), Assert.NotNull);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_sender_that_hangs_up_does_not_stop_the_fetch()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        Func<HttpContext, Task> serve = server.Answer;
        server.Answer = async context =>
        {
            await Task.Delay(300, context.RequestAborted);
            await serve(context);
        };
        using Verifier verifier = server.Verifier().Verifier;
        using var hangUp = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await verifier.VerifyAsync(_first.Request(), hangUp.Token));
        Assert.NotNull(await verifier.VerifyAsync(_first.Request(), Cancellation));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task The_last_good_keys_stay_when_newer_ones_cannot_be_had()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        (Verifier verifier, List<string> failures) = server.Verifier(new() { ["jwks_max_age"] = 1, ["jwks_cooldown"] = 1 });
        using Verifier disposed = verifier;
        Assert.NotNull(verifier.Verify(_first.Request()));
        server.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await Task.Delay(s_cooldown, Cancellation);

        Assert.NotNull(verifier.Verify(_first.Request()));
        Assert.NotNull(verifier.Verify(_first.Request()));

        Assert.Equal(2, server.Requests);
        Assert.Equal($"{server.Url()}: the status is 500, not 200", Assert.Single(failures));
    }

    public static TheoryData<string, Func<HttpContext, Task>, string> BadDays => new()
    {
        { "500", context => Status(context, 500), "status is 500" },
        { "204", context => Status(context, 204), "status is 204" },
        { "garbage", context => context.Response.WriteAsync("<html>"), "key_unavailable" },
        { "no keys", context => context.Response.WriteAsync("{\"keys\":7}"), "key_unavailable" },
        { "nothing", _ => Task.CompletedTask, "key_unavailable" },
        { "hangs up", context => Task.Run(context.Abort), "" },
        { "hangs up in the middle", HangUpAsync, "" },
        { "50 MiB announced", context => SendAsync(context, isAnnounced: true), "" },
        { "50 MiB unannounced", context => SendAsync(context, isAnnounced: false), "" },
    };

    [Theory]
    [MemberData(nameof(BadDays), DisableDiscoveryEnumeration = true)]
    public async Task What_is_no_key_set_leaves_a_verifier_without_keys(string what, Func<HttpContext, Task> answer, string reason)
    {
        await using KeyServer server = await KeyServer.StartAsync();
        server.Answer = answer;
        foreach (bool synchronously in new[] { true, false })
        {
            (Verifier verifier, List<string> failures) = server.Verifier();
            using Verifier disposed = verifier;

            VerificationException error = synchronously
                ? Assert.Throws<VerificationException>(() => verifier.Verify(_first.Request()))
                : await Assert.ThrowsAsync<VerificationException>(async () => await verifier.VerifyAsync(_first.Request(), Cancellation));

            Assert.Equal((ErrorCode.KeyUnavailable, 503), (error.Code, error.Status));
            Assert.Contains(reason, Assert.Single(failures), StringComparison.Ordinal);
            Assert.False(failures[0].Contains("no keys within", StringComparison.Ordinal), $"{what}: {failures[0]}");
        }
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task No_more_than_the_bound_is_read_of_a_large_answer()
    {
        await using KeyServer server = await KeyServer.StartAsync();
        server.Answer = context => SendAsync(context, isAnnounced: false);
        CountingStream? connection = null;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (target, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(target.DnsEndPoint, cancellation);
                return connection = new CountingStream(socket);
            },
        };
        using Verifier verifier = server.Verifier(handler: () => handler).Verifier;
        Assert.False(await verifier.LoadKeysAsync(Cancellation));
        await Task.Delay(500, Cancellation);
        // HttpClient itself reads on for a moment, in the hope of keeping the connection.
        Assert.InRange(connection!.BytesRead, 1, 4 << 20);
    }

    [Fact]
    public Task A_server_that_stalls_is_given_up() => Task.WhenAll(
        GivesUpAsync(synchronously: true, inTheBody: false),
        GivesUpAsync(synchronously: false, inTheBody: false),
        GivesUpAsync(synchronously: true, inTheBody: true),
        GivesUpAsync(synchronously: false, inTheBody: true));

    private async Task GivesUpAsync(bool synchronously, bool inTheBody)
    {
        await using KeyServer server = await KeyServer.StartAsync();
        server.Answer = async context =>
        {
            if (inTheBody)
            {
                await context.Response.WriteAsync("{\"keys\":");
                await context.Response.Body.FlushAsync();
            }
            await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
        };
        (Verifier verifier, List<string> failures) = server.Verifier();
        using Verifier disposed = verifier;
        WebhookRequest request = _first.Request();
        var watch = Stopwatch.StartNew();
        bool isLoaded = synchronously ? await Task.Run(verifier.LoadKeys) : await verifier.LoadKeysAsync(Cancellation);
        Assert.False(isLoaded);
        Assert.InRange(watch.Elapsed.TotalSeconds, 4, 8);
        Assert.EndsWith("no keys within 5 s", Assert.Single(failures), StringComparison.Ordinal);
        // Within the cooldown nobody waits again.
        watch.Restart();
        Assert.Equal(ErrorCode.KeyUnavailable, VerifierTests.Fails(verifier, request));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using KeyServer server = await KeyServer.StartAsync();
        string set = SigningKey.Set(_first);
        server.Answer = context =>
        {
            if (context.Request.Path == "/keys")
            {
                context.Response.Redirect("/elsewhere");
                return Task.CompletedTask;
            }
            return context.Response.WriteAsync(set);
        };
        (Verifier verifier, List<string> failures) = server.Verifier();
        using (verifier)
        {
            Assert.False(verifier.LoadKeys());
            Assert.Equal(1, server.Requests);
            Assert.Contains("status is 302", Assert.Single(failures), StringComparison.Ordinal);
        }
        // Nor is one taken from a handler that followed it.
        using var careless = new SocketsHttpHandler();
        (verifier, failures) = server.Verifier(handler: () => careless);
        using (verifier)
        {
            Assert.False(verifier.LoadKeys());
            Assert.Contains("redirect", Assert.Single(failures), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metadata_names_keys_on_its_own_host_only()
    {
        await using KeyServer server = await KeyServer.StartAsync();
        string set = SigningKey.Set(_first);
        string keys = server.Url();
        server.Answer = context => context.Response.WriteAsync(
            context.Request.Path == "/metadata" ? $$"""{"jwks_uri":"{{keys}}"}""" : set);
        VerifierOptions options = new()
        {
            ["issuer"] = SigningKey.Issuer,
            ["audience"] = SigningKey.Audience,
            ["metadata_uri"] = server.Url("/metadata"),
        };
        using (var verifier = new Verifier("bearer-jwt", options))
        {
            Assert.NotNull(verifier.Verify(_first.Request()));
            Assert.Equal(2, server.Requests);
        }
        foreach (string elsewhere in new[] { "https://evil.example/keys", "http://localhost/keys", "file:///etc/passwd", "//evil.example" })
        {
            keys = elsewhere;
            var failures = new List<string>();
            using var verifier = new Verifier("bearer-jwt", options, new VerifierHooks
            {
                OnKeyFailure = (url, reason) => failures.Add($"{url}: {reason.Message}"),
            });
            Assert.False(verifier.LoadKeys());
            Assert.StartsWith($"{server.Url("/metadata")}: key_unavailable: ", Assert.Single(failures), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://auth.example.com/keys")]
    [InlineData("http://127.0.0.1.example.com/keys")]
    [InlineData("http://localhost@evil.example/keys")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/keys")]
    [InlineData("auth.example.com/keys")]
    public void Keys_come_over_https_or_from_this_machine(string url)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier("bearer-jwt", new()
        {
            ["issuer"] = SigningKey.Issuer,
            ["audience"] = SigningKey.Audience,
            ["jwks_uri"] = url,
        }));
        Assert.Contains("jwks_uri", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_of_ones_own_does_the_fetching()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        using var handler = new CountingHandler(new SocketsHttpHandler { AllowAutoRedirect = false });
        using Verifier verifier = server.Verifier(new() { ["jwks_cooldown"] = 1 }, () => handler).Verifier;
        Assert.NotNull(verifier.Verify(_first.Request()));
        server.Serve(_first, _second);
        await Task.Delay(s_cooldown, Cancellation);
        Assert.NotNull(await verifier.VerifyAsync(_second.Request(), Cancellation));
        Assert.Equal(2, handler.Calls);
    }

    [Fact]
    public async Task A_hook_or_a_handler_that_throws_is_a_failed_fetch()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        using var verifier = new Verifier(
            "bearer-jwt",
            new() { ["issuer"] = SigningKey.Issuer, ["audience"] = SigningKey.Audience, ["jwks_uri"] = server.Url() },
            new VerifierHooks
            {
                KeyHandler = () => throw new InvalidTimeZoneException("deliberate"),
                OnKeyFailure = (_, reason) => throw reason,
            });
        Assert.Equal(ErrorCode.KeyUnavailable, VerifierTests.Fails(verifier, _first.Request()));
        Assert.False((await verifier.TryVerifyAsync(_first.Request(), Cancellation)).IsVerified);
    }

    [Fact]
    public async Task A_disposed_verifier_says_so_here_too()
    {
        await using KeyServer server = await KeyServer.StartAsync(_first);
        Verifier verifier = server.Verifier().Verifier;
        verifier.Dispose();
        Assert.False(verifier.LoadKeys());
        Assert.Throws<ObjectDisposedException>(() => verifier.Verify(_first.Request()));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await verifier.VerifyAsync(_first.Request(), Cancellation));
        Assert.Equal(0, server.Requests);
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task HangUpAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("{\"keys\":[");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static async Task SendAsync(HttpContext context, bool isAnnounced)
    {
        byte[] chunk = new byte[64 << 10];
        const long Total = 50 << 20;
        context.Response.ContentLength = isAnnounced ? Total : null;
        for (long bytes = 0; bytes < Total && !context.RequestAborted.IsCancellationRequested; bytes += chunk.Length)
        {
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        }
    }

    private sealed class CountingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private long _bytesRead;

        internal long BytesRead => Interlocked.Read(ref _bytesRead);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref _bytesRead, read);
            return read;
        }
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        internal int Calls { get; private set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return base.Send(request, cancellationToken);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
