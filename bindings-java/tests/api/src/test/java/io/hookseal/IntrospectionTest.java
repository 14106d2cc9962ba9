package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Opaque tokens, about which their issuer is asked. */
final class IntrospectionTest {
  private static final String TOKEN = "2YotnFZFEjr1zCsicMWpAA";

  private static Verifier.Builder builder() {
    return Verifier.builder("kaisa-oauth2")
        .option("introspection", true)
        .option("scope", "webhooks.write");
  }

  private static VerificationException refusal(Verifier verifier, WebhookRequest request) {
    return assertThrows(VerificationException.class, () -> verifier.verify(request));
  }

  @Test
  void theIssuerIsAskedOnceADelivery() {
    List<String> asked = new ArrayList<>();
    TokenIntrospector introspector =
        token -> {
          asked.add(token);
          return "{\"active\":true,\"scope\":\"webhooks.write\",\"client_id\":\"sénder\"}";
        };
    try (Verifier verifier = builder().introspector(introspector).build()) {
      WebhookRequest delivery = Tokens.delivery(TOKEN);
      VerifiedEvent event = verifier.verify(delivery);
      assertEquals("sénder", event.claims().get("client_id"));
      assertArrayEquals(delivery.body, event.payload());
      assertEquals(List.of(TOKEN), asked);

      WebhookRequest without =
          WebhookRequest.of("POST", Tokens.AUDIENCE, Map.of(), Deliveries.bytes("{}"));
      assertEquals(ErrorCode.MISSING_HEADER, refusal(verifier, without).code());
    }
    try (Verifier verifier =
        builder()
            .introspector(introspector)
            .requireHttps(true)
            .maxBodyBytes(100)
            .allowedIps(List.of("192.0.2.1"))
            .build()) {
      WebhookRequest.Builder other =
          WebhookRequest.builder()
              .method("POST")
              .url(Tokens.AUDIENCE)
              .header("Authorization", "Bearer " + TOKEN);
      ErrorCode address = refusal(verifier, other.body(new byte[1]).build()).code();
      assertEquals(ErrorCode.IP_NOT_ALLOWED, address);
      WebhookRequest large = other.peerIp("192.0.2.1").body(new byte[101]).build();
      assertEquals(ErrorCode.BODY_TOO_LARGE, refusal(verifier, large).code());
      assertEquals(List.of(TOKEN), asked);
    }
  }

  @Test
  void theAnswerIsJudged() {
    Map<String, ErrorCode> verdicts =
        Map.of(
            "{\"active\":false}", ErrorCode.TOKEN_MISMATCH,
            "{\"active\":true}", ErrorCode.JWT_CLAIM_MISMATCH,
            "{\"active\":true,\"scope\":\"webhooks.write\",\"exp\":1}", ErrorCode.JWT_EXPIRED,
            "<html>", ErrorCode.KEY_UNAVAILABLE,
            "", ErrorCode.KEY_UNAVAILABLE);
    verdicts.forEach(
        (answer, code) -> {
          try (Verifier verifier = builder().introspector(token -> answer).build()) {
            assertEquals(code, refusal(verifier, Tokens.delivery(TOKEN)).code(), answer);
          }
        });
  }

  @Test
  void whateverItThrowsTheDeliveryShouldComeAgain() {
    for (Exception failure :
        Arrays.asList(
            new IOException("about " + TOKEN),
            new IllegalStateException(),
            new InterruptedException(),
            null)) {
      TokenIntrospector introspector =
          token -> {
            if (failure == null) {
              return null;
            }
            throw failure;
          };
      try (Verifier verifier = builder().introspector(introspector).build()) {
        VerificationException refusal = refusal(verifier, Tokens.delivery(TOKEN));
        assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal.code());
        assertEquals(503, refusal.status());
        assertFalse(refusal.getMessage().contains(TOKEN));
      }
      assertEquals(failure instanceof InterruptedException, Thread.interrupted());
    }
  }

  @Test
  void itBelongsToTheOption() {
    Verifier.Builder keys =
        Tokens.verifier().option("hmac_secret", "32 bytes or more that sign a token");
    for (Verifier.Builder builder : List.of(builder(), keys.introspector(token -> "{}"))) {
      ConfigurationException refusal = assertThrows(ConfigurationException.class, builder::build);
      assertTrue(refusal.detail().contains("introspection"));
    }
  }
}
