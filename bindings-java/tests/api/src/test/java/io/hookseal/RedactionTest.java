package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Neither a key, nor what a key would have made of a request, nor the body is ever shown. */
final class RedactionTest {
  private static final String KEY = "KEY-marker-9137";
  private static final byte[] BODY = Deliveries.bytes("Text=BODY-marker-4482");

  @Test
  void nothingSecretIsShown() {
    List<String> shown = new ArrayList<>();
    List<String> secrets = new ArrayList<>(List.of(KEY, "BODY-marker-4482"));
    secrets.add(HexFormat.of().formatHex(Deliveries.bytes(KEY)));
    Verifier.Builder builder = Verifier.builder("plivo").option("auth_token", KEY);
    shown.add(builder.toString());
    try (Verifier verifier = builder.build()) {
      shown.add(verifier.toString());
      WebhookRequest unsigned =
          WebhookRequest.builder().method("POST").url(Deliveries.URL).body(BODY).build();
      SigningOptions options = SigningOptions.defaults().withDeliveryId("1");
      shown.add(options.toString());
      Map<String, String> headers = verifier.sign(unsigned, options);
      String expected = headers.get(Deliveries.SIGNATURE_HEADER.toLowerCase());
      secrets.add(expected);
      secrets.add(HexFormat.of().formatHex(java.util.Base64.getDecoder().decode(expected)));

      WebhookRequest signed = WebhookRequest.of("POST", Deliveries.URL, headers, BODY);
      shown.add(signed.toString());
      shown.add(verifier.verify(signed).toString());

      WebhookRequest forged =
          WebhookRequest.of(
              "POST",
              Deliveries.URL,
              Map.of(
                  Deliveries.SIGNATURE_HEADER, Deliveries.SIGNATURE, Deliveries.NONCE_HEADER, "1"),
              BODY);
      shown.add(
          stackTrace(assertThrows(VerificationException.class, () -> verifier.verify(forged))));
    }
    for (String secret : secrets) {
      for (String text : shown) {
        assertFalse(text.contains(secret), () -> text + " shows " + secret);
      }
    }
  }

  @Test
  void neitherClaimsNorRepliesAreShown() {
    Map<String, Object> claims = Map.of("sub", "CLAIM-marker-5521");
    Covers covers =
        new Covers(
            Covers.CoverageLevel.NONE,
            Covers.CoverageLevel.NONE,
            false,
            Covers.Coverage.NONE,
            Covers.Coverage.NONE,
            true,
            List.of());
    VerifiedEvent event =
        new VerifiedEvent(
            BODY,
            BODY.length,
            "x",
            "k",
            OptionalLong.empty(),
            null,
            null,
            null,
            claims,
            covers,
            "as-is");
    Reply reply =
        new Reply(200, List.of(Map.entry("Set-Cookie", "HEADER-marker")), "TOKEN-marker-7003");
    for (String text : List.of(event.toString(), reply.toString())) {
      assertFalse(text.contains("marker"), text);
    }
  }

  @Test
  void noPasswordStaysInTheMemoryOfTheThread() {
    String usual = "Basic " + "PASSWORD-marker".repeat(40);
    // In UTF-8 it is longer than that memory.
    String outgrowing = "Basic " + "PASSWORD-marker".repeat(200) + "é".repeat(800);
    for (String credentials : List.of(usual, outgrowing)) {
      assertNoPasswordStays(Map.of("authorization", credentials));
    }
  }

  private static void assertNoPasswordStays(Map<String, String> headers) {
    try (Verifier verifier =
        Verifier.builder("basic").option("username", "u").option("password", "pa55word").build()) {
      assertThrows(
          VerificationException.class,
          () -> verifier.verify(WebhookRequest.of("POST", "https://example.com/", headers, BODY)));
    }
    byte[] memory = ThreadMemory.of(ThreadMemory.USUAL_SIZE);
    assertFalse(new String(memory, StandardCharsets.ISO_8859_1).contains("marker"));
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
