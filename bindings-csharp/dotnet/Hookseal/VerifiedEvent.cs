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
    private static readonly IReadOnlyDictionary<string, JsonElement> s_noClaims =
        System.Collections.ObjectModel.ReadOnlyDictionary<string, JsonElement>.Empty;

    private readonly ReplayKeyDigits _replayKey;
    private string? _replayKeyText;

    internal unsafe VerifiedEvent(VerifierDescription verifier, in NativeFacts facts, ReadOnlyMemory<byte> payload)
    {
        Scheme = verifier.Scheme;
        KeyId = verifier.KeyIds[facts.Key];
        Covers = verifier.Coverage[facts.Variant];
        UrlForm = verifier.UrlForms[facts.UrlForm];
        Timestamp = facts.HasTimestamp == 0 ? null : facts.Timestamp;
        DeliveryId = facts.DeliveryId is null
            ? null
            : Encoding.ASCII.GetString(facts.DeliveryId, checked((int)facts.DeliveryIdLength));
        Payload = payload;
        _replayKey = facts.ReplayKey;
    }

    /// <summary>The very body that was verified: not copied. <see cref="Covers"/> tells how much of it is proven.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The id of the scheme that proved it.</summary>
    public string Scheme { get; }

    /// <summary>
    /// The label of the key that matched: its position in the option as given (<c>0</c>, <c>1</c>,
    /// …), or its own label.
    /// </summary>
    public string KeyId { get; }

    /// <summary>The signed time in unix seconds; null where the scheme signs none.</summary>
    public long? Timestamp { get; }

    /// <summary>The signed id or nonce; null where the scheme signs none.</summary>
    public string? DeliveryId { get; }

    /// <summary>
    /// 64 hex digits, equal for two deliveries of the same signed message, however the signature was
    /// written and whichever key signed it. Safe to store and to log.
    /// </summary>
    public string ReplayKey => _replayKeyText ??= Encoding.ASCII.GetString(_replayKey);

    /// <summary>The signed claims of a token; empty where the scheme has none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Claims { get; } = s_noClaims;

    /// <summary>What was authenticated.</summary>
    public Covers Covers { get; }

    /// <summary>Which form of the URL matched, e.g. <c>as-is</c>.</summary>
    public string UrlForm { get; }

    /// <summary>Leaves the payload out: what a customer said belongs in no log.</summary>
    /// <returns>A text for a log.</returns>
    public override string ToString() =>
        $"VerifiedEvent({Scheme}, key {KeyId}, {Payload.Length} bytes, replay key {ReplayKey})";
}
