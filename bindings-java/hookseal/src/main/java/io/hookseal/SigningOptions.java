package io.hookseal;

/** How {@link Verifier#sign} signs. Immutable. */
public final class SigningOptions {
  private static final SigningOptions DEFAULTS = new SigningOptions(null, null);

  private static final int USUAL_SIZE = 2 * 1024;

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

  /** The request with these options, as {@link Native#sign} takes it. */
  byte[] pack(WebhookRequest request) {
    request.requireComplete();
    if (request.authority != null || request.scheme != null) {
      throw new ConfigurationException(
          "a request to sign is given by its URL, without authority and scheme beside it");
    }
    Packer packer = new Packer(new byte[USUAL_SIZE]);
    packer.text(request.method);
    packer.text(request.url);
    packer.bytes(request.body);
    packer.optionalText(deliveryId);
    packer.optionalText(keyId);
    request.forEachHeader(
        (name, value) -> {
          packer.text(name);
          packer.text(value);
        });
    return packer.take();
  }
}
