using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Hookseal.Native;

namespace Hookseal;

/// <summary>
/// Verifies the deliveries of one webhook. Made once: every option is checked and every key prepared
/// then. Immutable, and safe to share between threads.
/// </summary>
/// <example>
/// <code>
/// using var verifier = new Verifier(new StandardWebhooksOptions { Secret = secret });
/// VerifiedEvent delivery = verifier.Verify(new WebhookRequest(method, url, headers, body));
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Verifier : IDisposable
{
    private readonly VerifierHandle _handle;
    private readonly VerifierDescription _description;

    /// <summary>Null where all keys were given.</summary>
    private readonly KeySource? _keys;

    /// <summary>Null where tokens are verified here.</summary>
    private readonly Introspection? _introspection;

    /// <summary>Null for the system clock, which the native library reads itself.</summary>
    private readonly TimeProvider? _clock;

    /// <summary>Makes a verifier for a scheme of the catalogue, or for one of your own as JSON text.</summary>
    /// <param name="scheme">The id of a scheme, or, where it starts with <c>{</c>, a scheme of your own as JSON.</param>
    /// <param name="options">The options of the scheme; null for none.</param>
    /// <param name="hooks">What it may ask of the application; null for nothing.</param>
    /// <exception cref="ConfigurationException">The scheme or an option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public unsafe Verifier(string scheme, VerifierOptions? options = null, VerifierHooks? hooks = null)
    {
        if (scheme is null)
        {
            throw new ConfigurationException("the scheme is null");
        }
        _handle = new VerifierHandle(Strict(scheme, "the scheme"), options);
        _description = new VerifierDescription(NativeText.Read(NativeMethods.Describe(_handle)));
        _clock = hooks?.TimeProvider;
        if (_description.RemoteKeys is { } bounds)
        {
            _keys = new KeySource(_handle, bounds, hooks ?? new VerifierHooks());
        }
        if (hooks?.IntrospectAsync is { } ask)
        {
            _introspection = new Introspection(ask);
        }
        if (_description.Introspects != (_introspection is not null))
        {
            _handle.Dispose();
            throw new ConfigurationException("the option `introspection` and the hook IntrospectAsync belong together");
        }
    }

    /// <summary>Makes a verifier for a scheme of your own.</summary>
    /// <param name="scheme">The scheme, in the form of a scheme file.</param>
    /// <param name="options">The options of the scheme; null for none.</param>
    /// <param name="hooks">What it may ask of the application; null for nothing.</param>
    /// <exception cref="ConfigurationException">The scheme or an option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public Verifier(JsonObject scheme, VerifierOptions? options = null, VerifierHooks? hooks = null)
        : this(scheme?.ToJsonString()!, options, hooks)
    {
    }

    /// <summary>Makes a verifier for a scheme of the catalogue, with options that have their types.</summary>
    /// <param name="options">The options of a scheme, and with them the scheme.</param>
    /// <param name="hooks">What it may ask of the application; null for nothing.</param>
    /// <exception cref="ConfigurationException">An option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public Verifier(SchemeOptions options, VerifierHooks? hooks = null)
        : this(options?.Scheme!, options?.ToOptions(), hooks)
    {
    }

    /// <summary>The id of the scheme.</summary>
    public string Scheme => _description.Scheme;

    /// <summary>How much of a body a server should read before it gives up, in bytes.</summary>
    public long MaxBodyBytes => _description.MaxBodyBytes;

    /// <summary>The lower-case names of the headers that this verifier reads.</summary>
    public IReadOnlyList<string> HeaderNames => _description.HeaderNames;

    /// <summary>Verifies one request. Blocks for a moment where others have to be asked first.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What is verified.</returns>
    /// <exception cref="VerificationException">The request is rejected, or a challenge; its code says why.</exception>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public VerifiedEvent Verify(in WebhookRequest request) =>
        TryVerify(request, out VerifiedEvent? verified, out VerificationFailure? failure)
            ? verified
            : throw new VerificationException(failure);

    /// <summary>Verifies one request. Waits without blocking where others have to be asked first.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What is verified.</returns>
    /// <exception cref="VerificationException">The request is rejected, or a challenge; its code says why.</exception>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async ValueTask<VerifiedEvent> VerifyAsync(
        WebhookRequest request,
        CancellationToken cancellationToken = default)
    {
        VerificationResult result = await TryVerifyAsync(request, cancellationToken).ConfigureAwait(false);
        return result.IsVerified ? result.Event : throw new VerificationException(result.Failure);
    }

    /// <summary>
    /// Rejects a request before its body is read, for everything that its method, address, headers and URL can
    /// be rejected for. The body is not looked at. True does <b>not</b> mean verified: read the body and
    /// verify then.
    /// </summary>
    /// <param name="request">The request; its body may be left empty.</param>
    /// <param name="failure">Why the request is rejected, whatever its body is; null where it is not yet.</param>
    /// <returns>True when the body has to be looked at.</returns>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public bool TryCheckHead(in WebhookRequest request, [NotNullWhen(false)] out VerificationFailure? failure) =>
        VerifyCall.CheckHead(_handle, _description, request, TimeOf(request), out failure);

    /// <summary>
    /// Verifies one request without an exception for a rejected one. Blocks for a moment where others
    /// have to be asked first, for keys or about a token.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="verified">What is verified; null where the request is rejected.</param>
    /// <param name="failure">Why the request is rejected; null where it is not.</param>
    /// <returns>True when the request is verified.</returns>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public bool TryVerify(
        in WebhookRequest request,
        [NotNullWhen(true)] out VerifiedEvent? verified,
        [NotNullWhen(false)] out VerificationFailure? failure)
    {
        long? now = TimeOf(request);
        if (VerifyCall.TryVerify(_handle, _description, request, now, null, out verified, out failure))
        {
            return true;
        }
        if (failure.Code != ErrorCode.KeyUnavailable)
        {
            return false;
        }
        // Complete when it returns, since it is to ask on this thread.
        VerificationResult result = RetryAsync(request, now, failure, synchronously: true, CancellationToken.None).GetAwaiter().GetResult();
        if (result.IsVerified)
        {
            verified = result.Event;
            failure = null;
            return true;
        }
        failure = result.Failure;
        return false;
    }

    /// <summary>
    /// Verifies one request without an exception for a rejected one. Waits without blocking where
    /// others have to be asked first; otherwise it is complete when it returns.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async ValueTask<VerificationResult> TryVerifyAsync(
        WebhookRequest request,
        CancellationToken cancellationToken = default)
    {
        long? now = TimeOf(request);
        VerificationResult result = VerifyOnce(request, now, null);
        return result.Failure is { Code: ErrorCode.KeyUnavailable } failure
            ? await RetryAsync(request, now, failure, synchronously: false, cancellationToken).ConfigureAwait(false)
            : result;
    }

    /// <summary>
    /// Fetches the keys now, where they are remote and due: at start-up, so that the first delivery
    /// need not wait for them. Does nothing for other verifiers.
    /// </summary>
    /// <returns>False where they are unavailable. Deliveries will try again.</returns>
    public bool LoadKeys() => _keys is null || _keys.Load();

    /// <inheritdoc cref="LoadKeys"/>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    /// <exception cref="OperationCanceledException">The wait for keys was cancelled.</exception>
    public Task<bool> LoadKeysAsync(CancellationToken cancellationToken = default) =>
        _keys is null ? Task.FromResult(true) : _keys.LoadAsync(cancellationToken);

    /// <summary>
    /// Decrypts what a delivery carried, where only that was kept. Proves nothing: it is no substitute for
    /// <see cref="Verify"/>, which checks all that is configured.
    /// </summary>
    /// <param name="ciphertext">
    /// The bytes of the ciphertext, not their base64 or hex. Borrowed: don't change them during a call.
    /// </param>
    /// <param name="iv">
    /// The IV that the delivery said; empty where it said none, or where the scheme derives it with the key.
    /// </param>
    /// <param name="cipher">
    /// A name of OpenSSL, e.g. <c>aes-256-cbc</c>, where each delivery names its own; null for the only one
    /// that is allowed.
    /// </param>
    /// <returns>What <see cref="VerifiedEvent.Payload"/> would be of a text in UTF-8.</returns>
    /// <exception cref="VerificationException">
    /// <see cref="ErrorCode.DecryptionFailed"/> for whatever is wrong with ciphertext, IV or text,
    /// <see cref="ErrorCode.CipherNotAllowed"/> or <see cref="ErrorCode.BodyTooLarge"/>.
    /// </exception>
    /// <exception cref="ConfigurationException">
    /// This verifier decrypts nothing, or IV or cipher do not belong to the scheme.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> iv = default, string? cipher = null) =>
        DecryptCall.Decrypt(_handle, ciphertext, iv, cipher);

    /// <summary>Signs a request as the provider would, for tests.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="url">The absolute URL, or the request target where there is a <c>public_url</c>.</param>
    /// <param name="body">The raw body.</param>
    /// <param name="headers">The other headers of the request, e.g. its content type; null for none.</param>
    /// <param name="deliveryId">The id or nonce; null for a random one.</param>
    /// <param name="now">The time in unix seconds; null for the clock of the verifier.</param>
    /// <param name="keyId">The label of the key to sign with; null for the first.</param>
    /// <returns>The headers to add.</returns>
    /// <exception cref="ConfigurationException">The scheme cannot sign, or an argument is wrong.</exception>
    /// <exception cref="VerificationException">This request cannot be signed.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public IReadOnlyDictionary<string, string> Sign(
        string method,
        string url,
        ReadOnlySpan<byte> body,
        IEnumerable<KeyValuePair<string, string>>? headers = null,
        string? deliveryId = null,
        long? now = null,
        string? keyId = null) =>
        Signer.Sign(_handle, method, url, body, headers, deliveryId, now ?? Now, keyId);

    /// <summary>Frees the native verifier and wipes its keys, after the last running call.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>The scheme, never a key.</summary>
    /// <returns>E.g. <c>Verifier(standard-webhooks)</c>.</returns>
    public override string ToString() => $"Verifier({Scheme})";

    private long? Now => _clock?.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The time of the request, or that of the clock; null for the system clock.</summary>
    private long? TimeOf(in WebhookRequest request) => request.Now ?? Now;

    /// <summary>Asks others for what was missing, and verifies once more.</summary>
    private async Task<VerificationResult> RetryAsync(
        WebhookRequest request,
        long? now,
        VerificationFailure failure,
        bool synchronously,
        CancellationToken cancellation)
    {
        if (_keys is not null)
        {
            _ = synchronously ? _keys.Load() : await _keys.LoadAsync(cancellation).ConfigureAwait(false);
            return VerifyOnce(request, now, null);
        }
        if (_introspection is null || VerifyCall.BearerToken(_handle, _description, request.Headers) is not { } token)
        {
            return new VerificationResult(null, failure);
        }
        (byte[]? answer, VerificationFailure? unanswered) = synchronously
            ? _introspection.Ask(token)
            : await _introspection.AskAsync(token, cancellation).ConfigureAwait(false);
        return answer is null ? new VerificationResult(null, unanswered) : VerifyOnce(request, now, answer);
    }

    private VerificationResult VerifyOnce(in WebhookRequest request, long? now, byte[]? introspection)
    {
        VerifyCall.TryVerify(
            _handle, _description, request, now, introspection, out VerifiedEvent? verified, out VerificationFailure? failure);
        return new VerificationResult(verified, failure);
    }

    internal static byte[] Strict(string text, string what)
    {
        try
        {
            return OptionValue.Utf8(text);
        }
        catch (OptionValue.InvalidValueException problem)
        {
            throw new ConfigurationException($"{what} {problem.Message}");
        }
    }
}
