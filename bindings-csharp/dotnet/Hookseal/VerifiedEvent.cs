using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hookseal.Native;

namespace Hookseal;

/// <summary>
/// A verified delivery. Only a <see cref="Verifier"/> makes one, and it holds signed facts
/// only. Immutable. A serializer for JSON leaves payload and claims out, as <see cref="ToString"/> does:
/// serialize <see cref="Payload"/> itself where you mean it.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class VerifiedEvent
{
    /// <summary>Has the names; here are their indices.</summary>
    private readonly VerifierDescription _verifier;
    private readonly ushort _key;
    private readonly byte _variant;
    private readonly byte _urlForm;

    /// <summary>Null where the scheme has no token that names its key.</summary>
    private readonly Lazy<Token>? _token;

    private readonly bool _hasReplayKey;
    private readonly ReplayKeyDigits _replayKey;
    private string? _replayKeyText;

    internal unsafe VerifiedEvent(VerifierDescription verifier, in NativeFacts facts, ReadOnlyMemory<byte> body)
    {
        _verifier = verifier;
        _key = facts.Key;
        _variant = facts.Variant;
        _urlForm = facts.UrlForm;
        _token = facts.Token is null
            ? null
            : Token.Defer(new ReadOnlySpan<byte>(facts.Token, checked((int)facts.TokenLength)));
        Timestamp = facts.HasTimestamp == 0 ? null : facts.Timestamp;
        DeliveryId = Text(facts.DeliveryId, facts.DeliveryIdLength);
        EventType = Text(facts.EventType, facts.EventTypeLength);
        Payload = facts.Payload is null
            ? body
            : new ReadOnlySpan<byte>(facts.Payload, checked((int)facts.PayloadLength)).ToArray();
        _hasReplayKey = facts.HasReplayKey != 0;
        _replayKey = facts.ReplayKey;
    }

    /// <summary>
    /// The decrypted body, where the scheme decrypts; otherwise the body that was verified, which is the
    /// memory of the request (see <see cref="WebhookRequest"/>). <see cref="Covers"/> tells how much of it
    /// is verified.
    /// </summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The id of the scheme that proved it.</summary>
    public string Scheme => _verifier.Scheme;

    /// <summary>
    /// The label of the key that matched: its position in the option as given (<c>0</c>, <c>1</c>,
    /// …), its own label, or the <c>kid</c> of a key of a key set (RFC 7517 section 4.5; empty where it
    /// has none).
    /// </summary>
    public string KeyId => _token is null ? _verifier.KeyIds[_key] : _token.Value.KeyId;

    /// <summary>The signed time in unix seconds; null where the scheme signs none.</summary>
    public long? Timestamp { get; }

    /// <summary>The signed id or nonce; null where the scheme signs none.</summary>
    public string? DeliveryId { get; }

    /// <summary>
    /// The signed type of the event as the provider names it, e.g. <c>call.completed</c>; null where the
    /// scheme knows no signed place of it, or the delivery does not have it.
    /// </summary>
    public string? EventType { get; }

    /// <summary>
    /// 64 hex digits, equal for two deliveries of the same signed message, however the signature was
    /// written and whichever key signed it. Safe to store and to log. Null where the scheme signs no
    /// message (a token, a password, an encrypted body).
    /// </summary>
    public string? ReplayKey => _hasReplayKey ? _replayKeyText ??= Encoding.ASCII.GetString(_replayKey) : null;

    /// <summary>The signed claims of a JSON Web Token (RFC 7519 section 4); empty where the scheme has none.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, JsonElement> Claims =>
        _token is null ? ReadOnlyDictionary<string, JsonElement>.Empty : _token.Value.Claims;

    /// <summary>What was authenticated.</summary>
    public Covers Covers => _verifier.Coverage[_variant];

    /// <summary>Which form of the URL matched, e.g. <c>as-is</c>.</summary>
    public string UrlForm => _verifier.UrlForms[_urlForm];

    /// <summary>Leaves payload and claims out: what a customer said, or is, belongs in no log.</summary>
    /// <returns>A text for a log.</returns>
    public override string ToString() =>
        $"VerifiedEvent({Scheme}, key {KeyId}, {Payload.Length} bytes, replay key {ReplayKey ?? "none"})";

    private static unsafe string? Text(byte* text, nuint length) =>
        text is null ? null : Encoding.UTF8.GetString(text, checked((int)length));
}
