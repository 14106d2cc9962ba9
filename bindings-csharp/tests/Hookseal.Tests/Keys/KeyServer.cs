using Hookseal.Tests.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hookseal.Tests.Keys;

/// <summary>An identity server, as good or bad as a test wants it.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private WebServer _server = null!;
    private int _requests;

    /// <summary>How many requests came.</summary>
    internal int Requests => Volatile.Read(ref _requests);

    /// <summary>What it does with a request.</summary>
    internal Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("{\"keys\":[]}");

    internal static async Task<KeyServer> StartAsync(params SigningKey[] keys)
    {
        var server = new KeyServer();
        server.Serve(keys);
        server._server = await WebServer.StartAsync(_ => { }, app => app.Run(context =>
        {
            Interlocked.Increment(ref server._requests);
            return server.Answer(context);
        }));
        return server;
    }

    /// <summary>Answers with these keys.</summary>
    internal void Serve(params SigningKey[] keys)
    {
        string set = SigningKey.Set(keys);
        Answer = context => context.Response.WriteAsync(set);
    }

    internal string Url(string path = "/keys") => _server.Url(path);

    /// <summary>A verifier of tokens whose keys are here, and what it reported.</summary>
    internal (Verifier Verifier, List<string> Failures) Verifier(
        VerifierOptions? options = null,
        Func<HttpMessageHandler>? handler = null)
    {
        options ??= new();
        options["issuer"] = SigningKey.Issuer;
        options["audience"] = SigningKey.Audience;
        options["jwks_uri"] = Url();
        var failures = new List<string>();
        var verifier = new Verifier("bearer-jwt", options, new VerifierHooks
        {
            KeyHandler = handler,
            OnKeyFailure = (url, reason) => failures.Add($"{url}: {reason.Message}"),
        });
        return (verifier, failures);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
