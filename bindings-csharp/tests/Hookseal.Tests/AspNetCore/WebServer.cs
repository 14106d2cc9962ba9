using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hookseal.Tests.AspNetCore;

/// <summary>An application on a real Kestrel, called with raw bytes.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    /// <summary>The server's own limit on a body: less than a webhook's, as an application may have it.</summary>
    internal const int OwnLimit = 200 << 10;

    private readonly WebApplication _app;

    private WebServer(WebApplication app) => _app = app;

    /// <summary>Everything that was logged.</summary>
    internal LogLines Log { get; private init; } = new();

    internal int Port { get; private set; }

    internal static async Task<WebServer> StartAsync(Action<IServiceCollection> services, Action<WebApplication> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = OwnLimit;
        });
        services(builder.Services);
        WebApplication app = builder.Build();
        var server = new WebServer(app) { Log = log };
        try
        {
            configure(app);
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Port = new Uri(address).Port;
        return server;
    }

    /// <summary>The URL under which a target of this server is known to a sender.</summary>
    internal string Url(string target) => $"http://127.0.0.1:{Port}{target}";

    internal Task<Reply> PostAsync(string target, IEnumerable<KeyValuePair<string, string>> headers, byte[] body) =>
        SendAsync("POST", target, [.. headers, KeyValuePair.Create("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture))], body);

    internal Task<Reply> SendAsync(string method, string target, IEnumerable<KeyValuePair<string, string>> headers, byte[] body)
    {
        string head = $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\nConnection: close\r\n"
            + string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))
            + "\r\n";
        return SendRawAsync([.. Encoding.Latin1.GetBytes(head), .. body]);
    }

    internal async Task<Reply> SendRawAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        NetworkStream stream = client.GetStream();
        using var reply = new MemoryStream();
        try
        {
            await stream.WriteAsync(request);
            await stream.CopyToAsync(reply).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (IOException)
        {
            // A server that refuses early may close before it has read all.
        }
        return Reply.Parse(reply.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>An answer as it came over the wire.</summary>
internal sealed record Reply(int Status, SortedDictionary<string, string> Headers, string Body)
{
    internal static Reply Parse(byte[] bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return new(0, [], text);
        }
        string[] lines = text[..end].Split("\r\n");
        var headers = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return new(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, Content(headers, text[(end + 4)..]));
    }

    private static string Content(SortedDictionary<string, string> headers, string rest)
    {
        if (!headers.ContainsKey("Transfer-Encoding"))
        {
            return rest;
        }
        var content = new StringBuilder();
        int position = 0;
        while (rest.IndexOf("\r\n", position, StringComparison.Ordinal) is var line && line > position)
        {
            int length = int.Parse(rest.AsSpan(position..line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            content.Append(rest, line + 2, length);
            position = line + 2 + length + 2;
        }
        return content.ToString();
    }
}

/// <summary>Keeps log lines for a test to read.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    internal string Text
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }

    public void Dispose()
    {
    }
}
