using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hookseal.Native;

namespace Hookseal;

/// <summary>
/// A token endpoint for senders that ask for an access token first: OAuth 2.0 with client credentials
/// (RFC 6749 section 4.4). It issues short-lived tokens to one client, whose deliveries are then verified by
/// a scheme for bearer tokens with the same <c>hmac_secret</c>, or with <see cref="Jwks"/>. Immutable, and
/// safe to share between threads.
/// </summary>
/// <example>
/// <code>
/// using var issuer = new TokenIssuer(new TokenIssuerOptions
/// {
///     ClientId = "the-sender",
///     ClientSecret = clientSecret,
///     Issuer = "https://auth.example.com",
///     Audience = ["https://example.com/hooks"],
///     HmacSecret = secret,
/// });
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TokenIssuer : IDisposable
{
    private readonly IssuerHandle _handle;

    /// <summary>Makes an issuer.</summary>
    /// <param name="options">The options: <see cref="TokenIssuerOptions"/>, or the same by name.</param>
    /// <exception cref="ConfigurationException">An option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public unsafe TokenIssuer(VerifierOptions options)
    {
        _handle = new IssuerHandle(options);
        Jwks = Encoding.UTF8.GetString(NativeText.Read(NativeMethods.IssuerJwks(_handle)));
        MaxBodyBytes = checked((int)NativeMethods.IssuerMaxBodyBytes(_handle));
    }

    /// <summary>
    /// The public keys that verify the tokens, as a JWK set in JSON (RFC 7517): for the option <c>jwks</c> of a
    /// verifier, or to be published. Empty where the key is a secret.
    /// </summary>
    public string Jwks { get; }

    /// <summary>How much of a body a server should read, in bytes: one byte more is rejected.</summary>
    public int MaxBodyBytes { get; }

    /// <summary>
    /// Answers one request to the token endpoint. What is wrong with a request is in the reply, as RFC 6749
    /// section 5.2 has it.
    /// </summary>
    /// <param name="method">The method as received.</param>
    /// <param name="contentType">The <c>Content-Type</c> header; null where there is none.</param>
    /// <param name="authorization">
    /// The <c>Authorization</c> header; null where there is none. Where it came more than once, all values with
    /// a comma between, as servers hand them out.
    /// </param>
    /// <param name="body">The raw body.</param>
    /// <param name="now">The time in unix seconds; null for the system clock.</param>
    /// <returns>The response, to be sent as it is.</returns>
    /// <exception cref="ConfigurationException">The method is null.</exception>
    /// <exception cref="ObjectDisposedException">The issuer was disposed.</exception>
    public unsafe HttpReply Respond(
        string method,
        string? contentType,
        string? authorization,
        ReadOnlySpan<byte> body,
        long? now = null)
    {
        byte[] methodText = method is null
            ? throw new ConfigurationException("the method of the request is null")
            : Encoding.UTF8.GetBytes(method);
        byte[] contentTypeText = Encoding.UTF8.GetBytes(contentType ?? "");
        byte[] authorizationText = Encoding.UTF8.GetBytes(authorization ?? "");
        long time = now.GetValueOrDefault();
        byte* reply = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        fixed (byte* methodBytes = methodText)
        fixed (byte* contentTypeBytes = contentTypeText)
        fixed (byte* authorizationBytes = authorizationText)
        fixed (byte* bodyBytes = body)
        {
            int code = NativeMethods.IssuerRespond(
                _handle,
                methodBytes,
                (nuint)methodText.Length,
                contentTypeBytes,
                (nuint)contentTypeText.Length,
                authorizationBytes,
                (nuint)authorizationText.Length,
                bodyBytes,
                (nuint)body.Length,
                now.HasValue ? &time : null,
                &reply,
                detail,
                NativeMethods.DetailSize);
            if (code != NativeMethods.Ok)
            {
                throw NativeText.Refusal(code, detail);
            }
        }
        using JsonDocument document = JsonDocument.Parse(NativeText.Take(reply)!);
        return new HttpReply(document.RootElement);
    }

    /// <summary>Frees the native issuer and wipes its keys, after the last running call.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>Never a key.</summary>
    /// <returns><c>TokenIssuer</c>.</returns>
    public override string ToString() => nameof(TokenIssuer);
}
