package io.hookseal;

import static io.hookseal.Deliveries.BODY;
import static io.hookseal.Deliveries.NONCE;
import static io.hookseal.Deliveries.NONCE_HEADER;
import static io.hookseal.Deliveries.SIGNATURE;
import static io.hookseal.Deliveries.SIGNATURE_HEADER;
import static io.hookseal.Deliveries.TOKEN;
import static io.hookseal.Deliveries.URL;
import static io.hookseal.Deliveries.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class VerifierTest {
  @Test
  void aGenuineDeliveryGivesItsFacts() {
    try (Verifier verifier = Deliveries.verifier()) {
      VerifiedEvent event = verifier.verify(Deliveries.request());

      assertArrayEquals(BODY, event.payload());
      assertEquals("plivo", event.scheme());
      assertEquals("0", event.keyId());
      assertEquals(OptionalLong.empty(), event.timestamp());
      assertEquals(Optional.of(NONCE), event.deliveryId());
      assertTrue(event.replayKey().orElseThrow().matches("[0-9a-f]{64}"));
      assertEquals(Map.of(), event.claims());
      assertEquals(
          new Covers(
              Covers.CoverageLevel.JOINED,
              Covers.CoverageLevel.JOINED,
              false,
              Covers.Coverage.NONE,
              Covers.Coverage.SIGNED,
              false,
              List.of("url.base", "query", "form", "delivery_id")),
          event.covers());
      assertThrows(UnsupportedOperationException.class, () -> event.covers().parts().clear());
      assertEquals("as-is", event.urlForm());
    }
  }

  @Test
  void fieldsThatRunTogetherAreJoined() {
    try (Verifier twilio = Verifier.builder("twilio").option("auth_token", TOKEN).build()) {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("Content-Type", "application/x-www-form-urlencoded");
      headers.putAll(twilio.sign(WebhookRequest.of("POST", URL, headers, BODY)));
      Covers covers = twilio.verify(WebhookRequest.of("POST", URL, headers, BODY)).covers();
      assertEquals(Covers.CoverageLevel.JOINED, covers.body());
      assertEquals("joined", covers.url().text());
      assertEquals(List.of("url", "form"), covers.parts());
    }
  }

  @Test
  void aChangedDeliveryIsRefused() {
    try (Verifier verifier = Deliveries.verifier()) {
      byte[] changed = bytes("From=%2B14156667778&To=%2B14158889999&CallUUID=abcd-1234");
      WebhookRequest request = WebhookRequest.of("POST", URL, Deliveries.headers(), changed);
      VerificationException refusal =
          assertThrows(VerificationException.class, () -> verifier.verify(request));
      assertEquals(ErrorCode.SIGNATURE_MISMATCH, refusal.code());
      assertEquals(401, refusal.status());
      assertEquals("signature_mismatch: " + refusal.detail(), refusal.getMessage());
    }
  }

  @Test
  void headersMayComeInEveryForm() {
    List<WebhookRequest.Builder> forms =
        List.of(
            WebhookRequest.builder().headers(Deliveries.headers()),
            WebhookRequest.builder()
                .headers(
                    Map.of(
                        "x-plivo-signature-v3",
                        List.of(SIGNATURE),
                        "X-PLIVO-SIGNATURE-V3-NONCE",
                        Set.of(NONCE))),
            WebhookRequest.builder()
                .headers(
                    List.of(
                        Map.entry(SIGNATURE_HEADER, SIGNATURE),
                        Map.entry("Accept", "*/*"),
                        Map.entry(NONCE_HEADER, NONCE))),
            WebhookRequest.builder()
                .headers(
                    Map.of(
                        SIGNATURE_HEADER,
                        new String[] {SIGNATURE, SIGNATURE},
                        NONCE_HEADER,
                        NONCE)),
            WebhookRequest.builder()
                .header(SIGNATURE_HEADER, SIGNATURE)
                .header(NONCE_HEADER, NONCE));
    try (Verifier verifier = Deliveries.verifier()) {
      Optional<String> replayKey = verifier.verify(Deliveries.request()).replayKey();
      for (WebhookRequest.Builder form : forms) {
        WebhookRequest request = form.method("POST").url(URL).body(BODY).build();
        assertEquals(replayKey, verifier.verify(request).replayKey());
      }
    }
  }

  @Test
  void theStatusLineThatJavaNetListsIsNoHeader() {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    headers.put(null, List.of("HTTP/1.1 200 OK"));
    headers.put("Cookie", null);
    headers.put(SIGNATURE_HEADER, List.of(SIGNATURE));
    headers.put(NONCE_HEADER, List.of(NONCE));
    try (Verifier verifier = Deliveries.verifier()) {
      verifier.verify(WebhookRequest.of("POST", URL, headers, BODY));
    }
  }

  @Test
  void keysRotateAndMayHaveLabels() {
    Map<String, String> labelled = new LinkedHashMap<>();
    labelled.put("old", "another_token");
    labelled.put("new", TOKEN);
    Map<Object, String> expected = new LinkedHashMap<>();
    expected.put(List.of("another_token", TOKEN), "1");
    expected.put(new String[] {TOKEN, "another_token"}, "0");
    expected.put(labelled, "new");
    expected.put(bytes(TOKEN), "0");
    expected.forEach(
        (secret, keyId) -> {
          try (Verifier verifier = Verifier.builder("plivo").option("auth_token", secret).build()) {
            assertEquals(keyId, verifier.verify(Deliveries.request()).keyId());
          }
        });
  }

  @Test
  void thePublicUrlStandsForWhatTheProxyMadeOfIt() {
    try (Verifier verifier =
        Verifier.builder("plivo")
            .option("auth_token", TOKEN)
            .publicUrl("https://example.com")
            .build()) {
      for (String url : List.of("/answer", "http://10.0.0.7:8080/answer")) {
        verifier.verify(WebhookRequest.of("POST", url, Deliveries.headers(), BODY));
      }
    }
  }

  @Test
  void theClockCanBeSet() {
    String secret = "whsec_test";
    byte[] body = bytes("{}");
    Instant sent = Instant.ofEpochSecond(1_700_000_000);
    Clock clock = Clock.fixed(sent, ZoneOffset.UTC);
    try (Verifier then = Verifier.builder("stripe").option("secret", secret).clock(clock).build();
        Verifier today = Verifier.builder("stripe").option("secret", secret).build()) {
      WebhookRequest.Builder request =
          WebhookRequest.builder().method("POST").url("https://example.com/").body(body);
      then.sign(request.build()).forEach(request::header);

      assertEquals(
          OptionalLong.of(sent.getEpochSecond()), then.verify(request.build()).timestamp());
      assertEquals(ErrorCode.TIMESTAMP_TOO_OLD, refusal(today, request.build()));
      request.now(sent.plusSeconds(300));
      today.verify(request.build());
      request.now(sent.plusSeconds(301));
      assertEquals(ErrorCode.TIMESTAMP_TOO_OLD, refusal(then, request.build()));
    }
  }

  @Test
  void theCommonOptionsHaveMethods() {
    try (Verifier sender = Verifier.builder("stripe").option("secret", "whsec_test").build();
        Verifier verifier =
            Verifier.builder("stripe")
                .option("secret", "whsec_test")
                .allowedIps(List.of("192.0.2.0/24"))
                .allowedHosts(List.of("example.com"))
                .trustedProxies(List.of("198.51.100.1"))
                .requireHttps(true)
                .maxBodyBytes(3)
                .tolerance(Duration.ofSeconds(1))
                .build()) {
      assertEquals(3, verifier.maxBodyBytes());
      WebhookRequest.Builder request =
          WebhookRequest.builder()
              .method("POST")
              .url("https://example.com/")
              .body(bytes("{}"))
              .now(Instant.ofEpochSecond(1_700_000_000));
      sender.sign(request.build()).forEach(request::header);
      assertEquals(ErrorCode.IP_NOT_ALLOWED, refusal(verifier, request.build()));
      assertEquals(
          ErrorCode.IP_NOT_ALLOWED, refusal(verifier, request.peerIp("no address").build()));
      verifier.verify(request.peerIp("192.0.2.9").build());
      request.now(Instant.ofEpochSecond(1_700_000_002));
      assertEquals(ErrorCode.TIMESTAMP_TOO_OLD, refusal(verifier, request.build()));
      request.body(bytes("{  }"));
      assertEquals(ErrorCode.BODY_TOO_LARGE, refusal(verifier, request.build()));
    }
  }

  @Test
  void signingIsTheOtherHalf() {
    try (Verifier verifier =
        Verifier.builder("plivo").option("auth_token", Map.of("a", "one1", "b", "two2")).build()) {
      WebhookRequest unsigned = WebhookRequest.of("POST", URL, Map.of(), BODY);
      for (String key : List.of("a", "b")) {
        Map<String, String> headers =
            verifier.sign(unsigned, SigningOptions.defaults().withDeliveryId("42").withKeyId(key));
        VerifiedEvent event = verifier.verify(WebhookRequest.of("POST", URL, headers, BODY));
        assertEquals(key, event.keyId());
        assertEquals(Optional.of("42"), event.deliveryId());
      }
      assertNotEquals(verifier.sign(unsigned), verifier.sign(unsigned));
      assertThrows(
          ConfigurationException.class,
          () -> verifier.sign(unsigned, SigningOptions.defaults().withKeyId("none such")));
    }
  }

  @Test
  void aCustomSchemeIsAMapOrJson() {
    Map<String, Object> scheme =
        Map.of(
            "id",
            "mine",
            "title",
            "Mine",
            "status",
            "stable",
            "docs",
            "https://example.com/docs",
            "key",
            Map.of("option", "secret", "hint", "the secret"),
            "signature",
            Map.of(
                "algorithm",
                "hmac-sha256",
                "from",
                "header:x-mine",
                "encoding",
                "hex",
                "signed",
                "{body}"));
    String json = new String(Json.write(scheme), java.nio.charset.StandardCharsets.UTF_8);
    for (Verifier.Builder builder : List.of(Verifier.builder(scheme), Verifier.builder(json))) {
      try (Verifier verifier = builder.option("secret", "tell nobody").build()) {
        assertEquals("mine", verifier.scheme());
        assertEquals(List.of("x-mine"), verifier.headerNames());
        Map<String, String> headers = verifier.sign(WebhookRequest.of("POST", URL, Map.of(), BODY));
        verifier.verify(WebhookRequest.of("POST", URL, headers, BODY));
      }
    }
  }

  @Test
  void anEmptyBodyIsAValue() {
    try (Verifier verifier = Verifier.builder("github").option("secret", "s3cret").build()) {
      WebhookRequest unsigned = WebhookRequest.of("POST", URL, Map.of(), new byte[0]);
      Map<String, String> headers = verifier.sign(unsigned);
      verifier.verify(WebhookRequest.of("POST", URL, headers, new byte[0]));
    }
  }

  @Test
  void anyBytesAreABody() {
    byte[] binary = {0, (byte) 0xff, (byte) 0xfe, (byte) 0x80, (byte) 0xc3, 0x28};
    byte[] large = new byte[3 * 1024 * 1024];
    new java.util.Random(1).nextBytes(large);
    try (Verifier verifier = Verifier.builder("github").option("secret", "s3cret").build()) {
      for (byte[] body : List.of(binary, large)) {
        Map<String, String> headers = verifier.sign(WebhookRequest.of("POST", URL, Map.of(), body));
        verifier.verify(WebhookRequest.of("POST", URL, headers, body));
        body[body.length - 1] ^= 1;
        assertEquals(
            ErrorCode.SIGNATURE_MISMATCH,
            refusal(verifier, WebhookRequest.of("POST", URL, headers, body)));
      }
    }
  }

  @Test
  void aDeliveryIdOfAnyLengthComesBack() {
    String id = "n".repeat(5_000);
    try (Verifier verifier = Deliveries.verifier()) {
      Map<String, String> headers =
          verifier.sign(
              WebhookRequest.of("POST", URL, Map.of(), BODY),
              SigningOptions.defaults().withDeliveryId(id));
      VerifiedEvent event = verifier.verify(WebhookRequest.of("POST", URL, headers, BODY));
      assertEquals(Optional.of(id), event.deliveryId());
    }
  }

  // Pitfall ERR-4.
  @Test
  void successCannotBeMadeByHand() {
    assertTrue(
        Stream.of(VerifiedEvent.class.getDeclaredConstructors())
            .noneMatch(made -> Modifier.isPublic(made.getModifiers())));
    assertTrue(Modifier.isFinal(VerifiedEvent.class.getModifiers()));
  }

  @Test
  void theCatalogueListsTheSchemes() {
    List<Object> ids = Hookseal.schemes().stream().map(scheme -> scheme.get("id")).toList();
    assertTrue(ids.contains("plivo"), ids::toString);
    assertThrows(UnsupportedOperationException.class, () -> Hookseal.schemes().clear());
  }

  private static ErrorCode refusal(Verifier verifier, WebhookRequest request) {
    return assertThrows(VerificationException.class, () -> verifier.verify(request)).code();
  }
}
