package io.hookseal;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Deliveries that other tests start from. */
final class Deliveries {
  static final String TOKEN = "my_auth_token";
  static final String NONCE = "12345";
  static final String URL = "https://example.com/answer";

  /** A published example: POST without a query. */
  static final byte[] BODY = bytes("From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1234");

  static final String SIGNATURE = "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=";
  static final String SIGNATURE_HEADER = "X-Plivo-Signature-V3";
  static final String NONCE_HEADER = "X-Plivo-Signature-V3-Nonce";

  private Deliveries() {}

  static Verifier verifier() {
    return Verifier.builder("plivo").option("auth_token", TOKEN).build();
  }

  static Map<String, String> headers() {
    return Map.of(SIGNATURE_HEADER, SIGNATURE, NONCE_HEADER, NONCE);
  }

  static WebhookRequest request() {
    return WebhookRequest.of("POST", URL, headers(), BODY);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
