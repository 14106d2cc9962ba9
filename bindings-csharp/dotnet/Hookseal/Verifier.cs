using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Hookseal.Native;

namespace Hookseal;

/// <summary>
/// Verifies the deliveries of one webhook. Made once: every option is checked and every key prepared
/// then. Immutable, and safe to share between threads.
/// </summary>
/// <example>
/// <code>
/// using var verifier = new Verifier("standard-webhooks", new() { ["secret"] = secret });
/// VerifiedEvent delivery = verifier.Verify(new WebhookRequest(method, url, headers, body));
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Verifier : IDisposable
{
    /// <summary>Room on the stack for the method, the URL and the few headers of a usual request.</summary>
    private const int InlineRequestSize = 1536;

    private readonly VerifierHandle _handle;
    private readonly VerifierDescription _description;

    /// <summary>Null where all keys were given.</summary>
    private readonly KeySource? _keys;

    /// <summary>Makes a verifier for a scheme of the catalogue, or for one of your own as JSON text.</summary>
    /// <param name="scheme">The id of a scheme, or, where it starts with <c>{</c>, a scheme of your own as JSON.</param>
    /// <param name="options">The options of the scheme; null for none.</param>
    /// <param name="keyFetching">How to fetch keys that live elsewhere; null for the library's own way.</param>
    /// <exception cref="ConfigurationException">The scheme or an option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public unsafe Verifier(string scheme, VerifierOptions? options = null, KeyFetching? keyFetching = null)
    {
        NativeLoader.EnsureUsable();
        if (scheme is null)
        {
            throw new ConfigurationException("the scheme is null");
        }
        byte[] schemeText = Strict(scheme, "the scheme");
        ArrayBufferWriter<byte> json = (options ?? new VerifierOptions()).ToJson();
        nint made = 0;
        int code;
        byte* detail = stackalloc byte[NativeMethods.ConfigurationDetailSize];
        fixed (byte* schemeBytes = schemeText)
        fixed (byte* jsonBytes = json.WrittenSpan)
        {
            code = NativeMethods.VerifierNew(
                schemeBytes,
                (nuint)schemeText.Length,
                jsonBytes,
                (nuint)json.WrittenCount,
                &made,
                detail,
                NativeMethods.ConfigurationDetailSize);
        }
        // Overwrites the secrets in it.
        json.Clear();
        if (code != NativeMethods.Ok)
        {
            throw NativeText.Refusal(code, detail);
        }
        _handle = new VerifierHandle(made);
        _description = new VerifierDescription(NativeText.Read(NativeMethods.Describe(_handle)));
        if (_description.RemoteKeys is { } bounds)
        {
            _keys = new KeySource(_handle, bounds, keyFetching ?? new KeyFetching());
        }
    }

    /// <summary>Makes a verifier for a scheme of your own.</summary>
    /// <param name="scheme">The scheme, in the form of a scheme file.</param>
    /// <param name="options">The options of the scheme; null for none.</param>
    /// <param name="keyFetching">How to fetch keys that live elsewhere; null for the library's own way.</param>
    /// <exception cref="ConfigurationException">The scheme or an option is wrong; the detail names it.</exception>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public Verifier(JsonObject scheme, VerifierOptions? options = null, KeyFetching? keyFetching = null)
        : this(scheme?.ToJsonString()!, options, keyFetching)
    {
    }

    /// <summary>The id of the scheme.</summary>
    public string Scheme => _description.Scheme;

    /// <summary>How much of a body a server should read before it gives up, in bytes.</summary>
    public long MaxBodyBytes => _description.MaxBodyBytes;

    /// <summary>The lower-case names of the headers that this verifier reads.</summary>
    public IReadOnlyList<string> HeaderNames => _description.HeaderNames;

    /// <summary>Verifies one request. Blocks for a moment where keys have to be fetched first.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What is proven.</returns>
    /// <exception cref="VerificationException">The request is rejected, or a handshake; its code says why.</exception>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public VerifiedEvent Verify(in WebhookRequest request) =>
        TryVerify(request, out VerifiedEvent? verified, out VerificationFailure? failure)
            ? verified
            : throw new VerificationException(failure);

    /// <summary>Verifies one request. Waits without blocking where keys have to be fetched first.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    /// <returns>What is proven.</returns>
    /// <exception cref="VerificationException">The request is rejected, or a handshake; its code says why.</exception>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait for keys was cancelled.</exception>
    public async ValueTask<VerifiedEvent> VerifyAsync(
        WebhookRequest request,
        CancellationToken cancellationToken = default)
    {
        VerificationResult result = await TryVerifyAsync(request, cancellationToken).ConfigureAwait(false);
        return result.IsVerified ? result.Event : throw new VerificationException(result.Failure);
    }

    /// <summary>
    /// Verifies one request without an exception for a rejected one. Blocks for a moment where keys have
    /// to be fetched first.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="verified">What is proven; null where the request is rejected.</param>
    /// <param name="failure">Why the request is rejected; null where it is not.</param>
    /// <returns>True when the request is verified.</returns>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public bool TryVerify(
        in WebhookRequest request,
        [NotNullWhen(true)] out VerifiedEvent? verified,
        [NotNullWhen(false)] out VerificationFailure? failure)
    {
        if (TryVerifyOnce(request, out verified, out failure))
        {
            return true;
        }
        if (_keys is null || failure.Code != ErrorCode.KeyUnavailable)
        {
            return false;
        }
        _keys.Load();
        return TryVerifyOnce(request, out verified, out failure);
    }

    /// <summary>
    /// Verifies one request without an exception for a rejected one. Waits without blocking where keys
    /// have to be fetched first; otherwise it is complete when it returns.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ConfigurationException">The method or the URL is null.</exception>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait for keys was cancelled.</exception>
    public async ValueTask<VerificationResult> TryVerifyAsync(
        WebhookRequest request,
        CancellationToken cancellationToken = default)
    {
        if (!TryVerifyOnce(request, out VerifiedEvent? verified, out VerificationFailure? failure)
            && _keys is not null
            && failure.Code == ErrorCode.KeyUnavailable)
        {
            await _keys.LoadAsync(cancellationToken).ConfigureAwait(false);
            TryVerifyOnce(request, out verified, out failure);
        }
        return new VerificationResult(verified, failure);
    }

    /// <summary>
    /// Fetches the keys now, where they live elsewhere and are due: at start-up, so that the first delivery
    /// need not wait for them. Does nothing for other verifiers.
    /// </summary>
    /// <returns>False where they could not be had. Deliveries will try again.</returns>
    public bool LoadKeys() => _keys is null || _keys.Load();

    /// <inheritdoc cref="LoadKeys"/>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    /// <exception cref="OperationCanceledException">The wait for keys was cancelled.</exception>
    public Task<bool> LoadKeysAsync(CancellationToken cancellationToken = default) =>
        _keys is null ? Task.FromResult(true) : _keys.LoadAsync(cancellationToken);

    [SkipLocalsInit]
    private unsafe bool TryVerifyOnce(
        in WebhookRequest request,
        [NotNullWhen(true)] out VerifiedEvent? verified,
        [NotNullWhen(false)] out VerificationFailure? failure)
    {
        verified = null;
        if (request.Method is null || request.Url is null)
        {
            throw new ConfigurationException($"the {(request.Method is null ? "method" : "URL")} of the request is null");
        }
        if (!request.HasBody)
        {
            failure = new VerificationFailure(ErrorCode.BodyAlreadyParsed, NoBody);
            return false;
        }
        Span<byte> peer = stackalloc byte[16];
        int peerLength = 0;
        request.PeerAddress?.TryWriteBytes(peer, out peerLength);
        long now = request.Now.GetValueOrDefault();
        NativeFacts facts;
        byte* answer = null;
        byte* detail = stackalloc byte[NativeMethods.DetailSize];
        var buffer = new HeaderValues(stackalloc byte[InlineRequestSize]);
        try
        {
            buffer.AppendText(request.Method);
            int methodLength = buffer.Length;
            buffer.AppendText(request.Url);
            int urlEnd = buffer.Length;
            request.Headers.Pack(_description.HeaderNames, ref buffer);
            if (buffer.IsTooLarge)
            {
                failure = new VerificationFailure(ErrorCode.BodyTooLarge, "the URL or the headers are too large");
                return false;
            }
            fixed (byte* start = buffer.Written)
            fixed (byte* body = request.Body.Span)
            fixed (byte* peerBytes = peer)
            {
                int code = NativeMethods.Verify(
                    _handle,
                    start,
                    (nuint)methodLength,
                    start + methodLength,
                    (nuint)(urlEnd - methodLength),
                    start + urlEnd,
                    (nuint)(buffer.Length - urlEnd),
                    body,
                    (nuint)request.Body.Length,
                    peerBytes,
                    (nuint)peerLength,
                    request.Now.HasValue ? &now : null,
                    &facts,
                    &answer,
                    detail,
                    NativeMethods.DetailSize);
                if (code != NativeMethods.Ok)
                {
                    failure = NativeText.Failure(code, detail, answer);
                    return false;
                }
                // The delivery id lies in the inputs, so it is read while they are fixed.
                verified = Take(ref facts, request.Body);
                failure = null;
                return true;
            }
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Signs a request as the provider would, for tests.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="url">The absolute URL, or the request target where there is a <c>public_url</c>.</param>
    /// <param name="body">The raw body.</param>
    /// <param name="headers">The other headers of the request, e.g. its content type; null for none.</param>
    /// <param name="deliveryId">The id or nonce; null for a random one.</param>
    /// <param name="now">The time in unix seconds; null for the system clock.</param>
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
        Signer.Sign(_handle, method, url, body, headers, deliveryId, now, keyId);

    /// <summary>Frees the native verifier and wipes its keys, after the last running call.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>The scheme, never a key.</summary>
    /// <returns>E.g. <c>Verifier(standard-webhooks)</c>.</returns>
    public override string ToString() => $"Verifier({Scheme})";

    /// <summary>Copies the facts, and frees what the native library allocated for them.</summary>
    private unsafe VerifiedEvent Take(ref NativeFacts facts, ReadOnlyMemory<byte> body)
    {
        try
        {
            return new VerifiedEvent(_description, facts, body);
        }
        finally
        {
            if (facts.IsOwner)
            {
                fixed (NativeFacts* all = &facts)
                {
                    NativeMethods.FactsFree(all);
                }
            }
        }
    }

    private const string NoBody =
        "there is no body: pass the raw bytes of the request, read before any parser; an empty body is an empty array";

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
