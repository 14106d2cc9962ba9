using System.Net;
using Hookseal.Native;

namespace Hookseal;

/// <summary>The bounds of fetching keys.</summary>
/// <param name="Timeout">How long it may take, all requests together.</param>
/// <param name="MaxBytes">How large one document may be.</param>
internal sealed record KeyBounds(TimeSpan Timeout, long MaxBytes);

/// <summary>
/// Fetches the keys of one verifier, be it a key set or a certificate. One fetch at a time: concurrent callers wait for its end. The
/// native library says what is due and judges what came.
/// </summary>
internal sealed class KeySource(VerifierHandle verifier, KeyBounds bounds, VerifierHooks hooks)
{
    /// <summary>
    /// Shared by all verifiers. Connections are renewed, so that a change of DNS is seen, and one whose
    /// answer was rejected is closed instead of being read to its end.
    /// </summary>
    private static readonly SocketsHttpHandler s_handler = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };

    private readonly object _lock = new();
    private TaskCompletionSource<bool>? _running;

    /// <summary>Fetches what is due, on this thread.</summary>
    /// <returns>False where it failed.</returns>
    internal bool Load()
    {
        if (StartOrJoin(out TaskCompletionSource<bool> run))
        {
            // Awaits only what is complete, so it is complete when it returns.
            _ = RunAsync(run, synchronously: true);
        }
        return run.Task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Fetches what is due. The cancellation ends the waiting, not the fetch: others may wait for it, and a
    /// sender that hangs up must not be able to keep a verifier without keys.
    /// </summary>
    /// <returns>False where it failed.</returns>
    internal Task<bool> LoadAsync(CancellationToken cancellation)
    {
        if (StartOrJoin(out TaskCompletionSource<bool> run))
        {
            _ = RunAsync(run, synchronously: false);
        }
        return run.Task.WaitAsync(cancellation);
    }

    /// <summary>True where the caller has to run what it started.</summary>
    private bool StartOrJoin(out TaskCompletionSource<bool> run)
    {
        lock (_lock)
        {
            if (_running is not null)
            {
                run = _running;
                return false;
            }
            run = _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Ends in any case, also where a hook of the application throws: others wait for it.</summary>
    private async Task RunAsync(TaskCompletionSource<bool> run, bool synchronously)
    {
        bool isLoaded = false;
        try
        {
            isLoaded = await FetchAsync(synchronously).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _running = null;
            }
            run.SetResult(isLoaded);
        }
    }

    private async Task<bool> FetchAsync(bool synchronously)
    {
        string? url = null;
        try
        {
            url = NextRequest();
            if (url is null)
            {
                return true;
            }
            using var deadline = new CancellationTokenSource(bounds.Timeout);
            using var client = new HttpClient(hooks.KeyHandler?.Invoke() ?? s_handler, disposeHandler: false)
            {
                // The deadline is for all requests together.
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = bounds.MaxBytes,
            };
            while (url is not null)
            {
                byte[] document = await GetAsync(client, url, synchronously, deadline.Token).ConfigureAwait(false);
                url = Supply(document);
            }
            return true;
        }
        catch (Exception error)
        {
            Report(url, error);
            return false;
        }
    }

    private static async Task<byte[]> GetAsync(HttpClient client, string url, bool synchronously, CancellationToken deadline)
    {
        var address = new Uri(url);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        // A key set, or a certificate, which has no one type.
        request.Headers.TryAddWithoutValidation("Accept", "application/json, */*;q=0.1");
        // Both read the whole body, within the bounds of the client.
        using HttpResponseMessage response = synchronously
            ? client.Send(request, deadline)
            : await client.SendAsync(request, deadline).ConfigureAwait(false);
        if (response.RequestMessage?.RequestUri != address)
        {
            throw new HttpRequestException("a redirect was followed; the handler must not do that");
        }
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"the status is {(int)response.StatusCode}, not 200");
        }
        return await response.Content.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private unsafe string? NextRequest() => NativeText.Take(NativeMethods.KeyRequest(verifier));

    /// <summary>Hands a document over; the URL of the next one, or null when the keys are in use.</summary>
    private unsafe string? Supply(byte[] document)
    {
        byte* next = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        fixed (byte* start = document)
        {
            int code = NativeMethods.SupplyKeys(
                verifier, start, (nuint)document.Length, &next, detail, NativeMethods.DetailSize);
            return code == NativeMethods.Ok
                ? NativeText.Take(next)
                : throw new VerificationException(NativeText.Failure(code, detail));
        }
    }

    private void Report(string? url, Exception error)
    {
        // Without a URL the verifier was disposed; the next call says so.
        if (url is not null)
        {
            Exception reason = error is OperationCanceledException
                ? new TimeoutException($"no keys within {bounds.Timeout.TotalSeconds} s", error)
                : error;
            hooks.OnKeyFailure?.Invoke(url, reason);
        }
    }
}
