using System.Text;

namespace Hookseal;

/// <summary>Asks the application's hook about the token of one delivery.</summary>
internal sealed class Introspection(Func<string, CancellationToken, Task<string>> ask)
{
    /// <summary>Blocks. The hook runs on the thread pool, so that it never waits for this thread.</summary>
    internal (byte[]? Answer, VerificationFailure? Failure) Ask(string token) =>
        Task.Run(() => AskAsync(token, CancellationToken.None)).GetAwaiter().GetResult();

    /// <summary>Either what the issuer answered, or why that is unavailable.</summary>
    internal async Task<(byte[]? Answer, VerificationFailure? Failure)> AskAsync(string token, CancellationToken cancellation)
    {
        try
        {
            return (Encoding.UTF8.GetBytes(await ask(token, cancellation).ConfigureAwait(false)), null);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            // Its type alone: a message might hold the token.
            return (null, new(ErrorCode.KeyUnavailable, $"the introspection of the token failed: {error.GetType().Name}"));
        }
    }
}
