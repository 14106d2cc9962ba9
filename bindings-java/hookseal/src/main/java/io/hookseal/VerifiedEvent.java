package io.hookseal;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A delivery that was verified. Only {@link Verifier#verify} makes one, and it holds signed facts
 * only: an id or a time that the provider sends along without signing it is not here.
 */
public final class VerifiedEvent {
  // What a customer said, or who it is, is hidden from whatever turns fields into JSON.
  private final transient byte[] bytes;

  private final transient int length;
  private final String scheme;
  private final String keyId;
  private final OptionalLong timestamp;
  private final String deliveryId;
  private final String eventType;
  private final String replayKey;
  private final transient Map<String, Object> claims;
  private final Covers covers;
  private final String urlForm;

  /**
   * @param bytes begin with the payload, and belong to this event: nobody else has them
   * @param length that of the payload
   * @param deliveryId null where there is none
   * @param eventType null where there is none
   * @param replayKey null where there is none
   * @param claims unmodifiable
   */
  VerifiedEvent(
      byte[] bytes,
      int length,
      String scheme,
      String keyId,
      OptionalLong timestamp,
      String deliveryId,
      String eventType,
      String replayKey,
      Map<String, Object> claims,
      Covers covers,
      String urlForm) {
    this.bytes = bytes;
    this.length = length;
    this.scheme = scheme;
    this.keyId = keyId;
    this.timestamp = timestamp;
    this.deliveryId = deliveryId;
    this.eventType = eventType;
    this.replayKey = replayKey;
    this.claims = claims;
    this.covers = covers;
    this.urlForm = urlForm;
  }

  /**
   * The body that was verified, or what it decrypts to. See {@link #covers()} for how much of it
   * the proof covers.
   *
   * @return a copy, so that nobody changes what others see: keep it where it is large and needed
   *     more than once
   */
  public byte[] payload() {
    return Arrays.copyOf(bytes, length);
  }

  /**
   * The scheme that verified the delivery.
   *
   * @return its id
   */
  public String scheme() {
    return scheme;
  }

  /**
   * The key that matched.
   *
   * @return its position in the option as given ({@code "0"}, {@code "1"}, …), or its own label; of
   *     a key set the key's {@code kid} (RFC 7517, section 4.5), empty where it has none
   */
  public String keyId() {
    return keyId;
  }

  /**
   * The signed time.
   *
   * @return unix seconds; empty where the scheme signs none
   */
  public OptionalLong timestamp() {
    return timestamp;
  }

  /**
   * The signed id or nonce of the delivery.
   *
   * @return empty where the scheme signs none
   */
  public Optional<String> deliveryId() {
    return Optional.ofNullable(deliveryId);
  }

  /**
   * The signed type of the event.
   *
   * @return as the provider names it, for example {@code call.completed}; empty where the scheme
   *     knows no signed place of it, or the delivery does not have it
   */
  public Optional<String> eventType() {
    return Optional.ofNullable(eventType);
  }

  /**
   * Equal for two deliveries of the same signed message, however its signature was written and
   * whichever key signed it. Safe to store and to log.
   *
   * @return 64 lower-case hex digits; empty where the scheme signs no message (a token, a password,
   *     an encrypted body)
   */
  public Optional<String> replayKey() {
    return Optional.ofNullable(replayKey);
  }

  /**
   * The signed claims of a token (RFC 7519, section 4).
   *
   * @return by name a String, a Long (a BigInteger where it is too large for that), a Double, a
   *     Boolean, null, or a List or Map of these; empty where the scheme has no token; unmodifiable
   */
  public Map<String, Object> claims() {
    return claims;
  }

  /**
   * What was authenticated.
   *
   * @return never null
   */
  public Covers covers() {
    return covers;
  }

  /**
   * Which form of the URL matched.
   *
   * @return for example {@code as-is}
   */
  public String urlForm() {
    return urlForm;
  }

  /** Leaves payload and claims out: what a customer said, or who it is, belongs in no log. */
  @Override
  public String toString() {
    return "VerifiedEvent[scheme="
        + scheme
        + ", payload="
        + length
        + " bytes, keyId="
        + keyId
        + ", timestamp="
        + (timestamp.isPresent() ? timestamp.getAsLong() : "none")
        + ", deliveryId="
        + (deliveryId == null ? "none" : deliveryId)
        + ", eventType="
        + (eventType == null ? "none" : eventType)
        + ", replayKey="
        + (replayKey == null ? "none" : replayKey)
        + ", covers="
        + covers
        + ", urlForm="
        + urlForm
        + ']';
  }
}
