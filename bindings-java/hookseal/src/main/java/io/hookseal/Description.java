package io.hookseal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the native library says of a verifier, once. Facts name things by their position in it. */
final class Description {
  private final Map<?, ?> described;
  private final String scheme;
  private final HeaderNames headerNames;
  private final String[] keyIds;
  private final Covers[] coverage;
  private final String[] urlForms;

  Description(String json) {
    this.described = (Map<?, ?>) Json.read(json);
    this.scheme = (String) described.get("scheme");
    this.headerNames = names("header_names");
    this.keyIds = texts("key_ids");
    this.urlForms = texts("url_forms");
    this.coverage =
        ((List<?>) described.get("coverage"))
            .stream().map(covers -> Covers.of((Map<?, ?>) covers)).toArray(Covers[]::new);
  }

  String scheme() {
    return scheme;
  }

  /** The headers that the verifier reads. */
  HeaderNames headerNames() {
    return headerNames;
  }

  /** Those to look at after a rejection. */
  HeaderNames diagnosticHeaderNames() {
    return names("diagnostic_header_names");
  }

  long maxBodyBytes() {
    return (Long) described.get("max_body_bytes");
  }

  /** Whether the issuer of each token has to be asked about it. */
  boolean introspects() {
    return (Boolean) described.get("introspects");
  }

  /** {@code {"timeout_ms", "max_bytes"}} of a fetch; null where all keys are options. */
  Map<?, ?> remoteKeys() {
    return (Map<?, ?>) described.get("remote_keys");
  }

  /**
   * The event of a request that was verified.
   *
   * @param answer of {@link Native#verify}
   * @throws HooksealException where the answer is an error
   */
  VerifiedEvent event(PackedRequest request, byte[] answer) {
    boolean isInPlace = request.holds(answer);
    Facts facts = new Facts(isInPlace ? answer : Answer.of(answer).bytes());
    String deliveryId = facts.takeDeliveryId();
    String eventType = facts.takeEventType();
    Map<?, ?> token = facts.takeToken();
    int decrypted = facts.takePayloadLength();
    int length = decrypted < 0 ? request.body().length : decrypted;
    return new VerifiedEvent(
        isInPlace || decrypted < 0 ? request.body() : facts.takePayload(length),
        length,
        scheme,
        token == null ? keyIds[facts.key()] : (String) token.get("key_id"),
        facts.timestamp(),
        deliveryId,
        eventType,
        facts.replayKey(),
        token == null ? Map.of() : claims(token),
        coverage[facts.variant()],
        urlForms[facts.urlForm()]);
  }

  @SuppressWarnings("unchecked") // The names in a JSON object are texts.
  private static Map<String, Object> claims(Map<?, ?> token) {
    return (Map<String, Object>) token.get("claims");
  }

  private HeaderNames names(String key) {
    return new HeaderNames(Arrays.asList(texts(key)));
  }

  private String[] texts(String key) {
    return ((List<?>) described.get(key)).toArray(String[]::new);
  }
}
