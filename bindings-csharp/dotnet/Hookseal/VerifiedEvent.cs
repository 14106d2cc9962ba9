using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hookseal.Native;

namespace Hookseal;

/// <summary>
/// A delivery that was proven. Only a <see cref="Verifier"/> makes one, and it holds signed facts
/// only. Immutable.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class VerifiedEvent
{
    /// <summary>More than the native library accepts, so that what it accepted can be read.</summary>
    private const int MaxTokenDepth = 256;

    private readonly bool _hasReplayKey;
    private readonly ReplayKeyDigits _replayKey;
    private string? _replayKeyText;

    internal unsafe VerifiedEvent(VerifierDescription verifier, in NativeFacts facts, ReadOnlyMemory<byte> body)
    {
        Scheme = verifier.Scheme;
        (KeyId, Claims) = facts.Token is null
            ? (verifier.KeyIds[facts.Key], ReadOnlyDictionary<string, JsonElement>.Empty)
            : ReadToken(new ReadOnlySpan<byte>(facts.Token, checked((int)facts.TokenLength)));
        Covers = verifier.Coverage[facts.Variant];
        UrlForm = verifier.UrlForms[facts.UrlForm];
        Timestamp = facts.HasTimestamp == 0 ? null : facts.Timestamp;
        DeliveryId = facts.DeliveryId is null
            ? null
            : Encoding.ASCII.GetString(facts.DeliveryId, checked((int)facts.DeliveryIdLength));
        Payload = facts.Payload is null
            ? body
            : new ReadOnlySpan<byte>(facts.Payload, checked((int)facts.PayloadLength)).ToArray();
        _hasReplayKey = facts.HasReplayKey != 0;
        _replayKey = facts.ReplayKey;
    }

    /// <summary>
    /// The decrypted body, where the scheme decrypts; otherwise the very body that was verified, not
    /// copied. <see cref="Covers"/> tells how much of it is proven.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The id of the scheme that proved it.</summary>
    public string Scheme { get; }

    /// <summary>
    /// The label of the key that matched: its position in the option as given (<c>0</c>, <c>1</c>,
    /// …), its own label, or the <c>kid</c> of a key of a key set (RFC 7517 section 4.5; empty where it
    /// has none).
    /// </summary>
    public string KeyId { get; }

    /// <summary>The signed time in unix seconds; null where the scheme signs none.</summary>
    public long? Timestamp { get; }

    /// <summary>The signed id or nonce; null where the scheme signs none.</summary>
    public string? DeliveryId { get; }

    /// <summary>
    /// 64 hex digits, equal for two deliveries of the same signed message, however the signature was
    /// written and whichever key signed it. Safe to store and to log. Null where the scheme signs no
    /// message (a token, a password, an encrypted body).
    /// </summary>
    public string? ReplayKey => _hasReplayKey ? _replayKeyText ??= Encoding.ASCII.GetString(_replayKey) : null;

    /// <summary>The signed claims of a JSON Web Token (RFC 7519 section 4); empty where the scheme has none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Claims { get; }

    /// <summary>What was authenticated.</summary>
    public Covers Covers { get; }

    /// <summary>Which form of the URL matched, e.g. <c>as-is</c>.</summary>
    public string UrlForm { get; }

    /// <summary>Leaves payload and claims out: what a customer said, or is, belongs in no log.</summary>
    /// <returns>A text for a log.</returns>
    public override string ToString() =>
        $"VerifiedEvent({Scheme}, key {KeyId}, {Payload.Length} bytes, replay key {ReplayKey ?? "none"})";

    /// <summary>Reads what the native library says of a token. It has checked the JSON, its depth too.</summary>
    private static (string KeyId, IReadOnlyDictionary<string, JsonElement> Claims) ReadToken(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxTokenDepth });
        JsonElement token = JsonElement.ParseValue(ref reader);
        var claims = new Dictionary<string, JsonElement>();
        foreach (JsonProperty claim in token.GetProperty("claims").EnumerateObject())
        {
            claims[claim.Name] = claim.Value;
        }
        return (token.GetProperty("key_id").GetString()!, new ReadOnlyDictionary<string, JsonElement>(claims));
    }
}
