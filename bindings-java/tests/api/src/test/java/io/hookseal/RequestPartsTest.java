package io.hookseal;

import static io.hookseal.Deliveries.BODY;
import static io.hookseal.Deliveries.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Target, authority, scheme and peer stay apart, and what needs no body is refused without it. */
final class RequestPartsTest {
  private static WebhookRequest.Builder request(String target, String authority, String scheme) {
    return WebhookRequest.builder()
        .method("POST")
        .url(target)
        .authority(authority)
        .scheme(scheme)
        .headers(Deliveries.headers())
        .body(BODY);
  }

  private static ErrorCode refusal(Verifier verifier, WebhookRequest.Builder request) {
    return assertThrows(VerificationException.class, () -> verifier.verify(request.build())).code();
  }

  @Test
  void theyMakeTheUrlThatWasCalled() {
    try (Verifier verifier = Deliveries.verifier()) {
      VerifiedEvent event = verifier.verify(request("/answer", "example.com", "https").build());
      assertEquals(Covers.CoverageLevel.JOINED, event.covers().url());
      assertEquals(
          ErrorCode.SIGNATURE_MISMATCH,
          refusal(verifier, request("/answer", "example.com", "http")));
    }
  }

  @Test
  void noneOfThemReachesIntoAnother() {
    try (Verifier verifier = Deliveries.verifier()) {
      for (String host :
          List.of(
              "example.com/answer#",
              "example.com/answer?",
              "example.com, other.example",
              "user@example.com",
              "example.com ")) {
        assertEquals(
            ErrorCode.MALFORMED_URL, refusal(verifier, request("/other", host, "https")), host);
      }
      for (String target :
          List.of("/answer#/../other", "/answer#?a=b", "http://example.com/answer")) {
        assertEquals(
            ErrorCode.MALFORMED_URL,
            refusal(verifier, request(target, "example.com", "https")),
            target);
      }
      assertEquals(ErrorCode.MALFORMED_URL, refusal(verifier, request("/answer", "", "https")));
      assertEquals(ErrorCode.MALFORMED_URL, refusal(verifier, request("/answer", null, "https")));
    }
  }

  @Test
  void httpsIsWhatTheConnectionHas() {
    try (Verifier verifier =
        Verifier.builder("plivo")
            .option("auth_token", Deliveries.TOKEN)
            .requireHttps(true)
            .build()) {
      verifier.verify(request("/answer", "example.com", "https").build());
      assertEquals(
          ErrorCode.INSECURE_TRANSPORT,
          refusal(verifier, request(Deliveries.URL, "example.com", "http")));
    }
  }

  @Test
  void theHeadIsCheckedWithoutABody() {
    try (Verifier verifier =
        Verifier.builder("plivo")
            .option("auth_token", Deliveries.TOKEN)
            .allowedIps(List.of("192.0.2.0/24"))
            .build()) {
      WebhookRequest.Builder request = request("/answer", "example.com", "https").body(null);
      verifier.checkHead(request.peerIp("192.0.2.9").build());
      List<Map.Entry<WebhookRequest.Builder, ErrorCode>> refused =
          List.of(
              Map.entry(request("/answer", "example.com", "https"), ErrorCode.IP_NOT_ALLOWED),
              Map.entry(
                  request("/answer#", "example.com", "https").peerIp("192.0.2.9"),
                  ErrorCode.MALFORMED_URL),
              Map.entry(
                  request("/answer", "example.com", "https").peerIp("192.0.2.9").method("PUT"),
                  ErrorCode.METHOD_NOT_ALLOWED),
              Map.entry(
                  request("/answer", "example.com", "https").peerIp("192.0.2.9").headers(Map.of()),
                  ErrorCode.MISSING_HEADER));
      refused.forEach(
          entry -> {
            WebhookRequest headless = entry.getKey().body(null).build();
            VerificationException head =
                assertThrows(VerificationException.class, () -> verifier.checkHead(headless));
            assertEquals(entry.getValue(), head.code());
            assertEquals(entry.getValue(), refusal(verifier, entry.getKey().body(BODY)));
          });
      assertThrows(
          ConfigurationException.class,
          () -> verifier.checkHead(WebhookRequest.of(null, "/", Map.of(), null)));
    }
  }

  @Test
  void aPeerMayHaveAZoneOrBrackets() {
    try (Verifier verifier =
        Verifier.builder("plivo")
            .option("auth_token", Deliveries.TOKEN)
            .allowedIps(List.of("fe80::/10"))
            .build()) {
      for (String peer :
          List.of("fe80::1", "fe80::1%eth0", "[fe80::1%2]", "fe80:0:0:0:0:0:0:1%1")) {
        verifier.verify(request("/answer", "example.com", "https").peerIp(peer).build());
      }
      for (String peer : List.of("192.0.2.1%eth0", "fe80::1 ", "%eth0")) {
        assertEquals(
            ErrorCode.IP_NOT_ALLOWED,
            refusal(verifier, request("/answer", "example.com", "https").peerIp(peer)),
            peer);
      }
    }
  }

  @Test
  void signingTakesAUrl() {
    try (Verifier verifier = Deliveries.verifier()) {
      ConfigurationException refusal =
          assertThrows(
              ConfigurationException.class,
              () -> verifier.sign(request("/answer", "example.com", "https").build()));
      assertTrue(refusal.detail().contains("authority"), refusal::detail);
      assertTrue(
          verifier.sign(WebhookRequest.of("POST", "https://h/", Map.of(), bytes(""))).size() > 0);
    }
  }
}
