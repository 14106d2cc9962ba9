package io.hookseal;

import java.util.Optional;

/** How {@link Verifier#sign} signs. Immutable. */
public final class SigningOptions {
  private static final SigningOptions DEFAULTS = new SigningOptions(null, null);

  private final String deliveryId;
  private final String keyId;

  private SigningOptions(String deliveryId, String keyId) {
    this.deliveryId = deliveryId;
    this.keyId = keyId;
  }

  /**
   * A random delivery id, and the first key.
   *
   * @return the defaults
   */
  public static SigningOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Sets the id or nonce.
   *
   * @param deliveryId as the provider would send it
   * @return new options
   */
  public SigningOptions withDeliveryId(String deliveryId) {
    return new SigningOptions(deliveryId, keyId);
  }

  /**
   * Chooses the key.
   *
   * @param keyId a label, see {@link VerifiedEvent#keyId()}
   * @return new options
   */
  public SigningOptions withKeyId(String keyId) {
    return new SigningOptions(deliveryId, keyId);
  }

  Optional<String> deliveryId() {
    return Optional.ofNullable(deliveryId);
  }

  Optional<String> keyId() {
    return Optional.ofNullable(keyId);
  }
}
