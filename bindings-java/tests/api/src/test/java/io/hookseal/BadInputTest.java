package io.hookseal;

import static io.hookseal.Deliveries.BODY;
import static io.hookseal.Deliveries.NONCE;
import static io.hookseal.Deliveries.NONCE_HEADER;
import static io.hookseal.Deliveries.SIGNATURE;
import static io.hookseal.Deliveries.SIGNATURE_HEADER;
import static io.hookseal.Deliveries.URL;
import static io.hookseal.Deliveries.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Only a VerificationException comes out of what a stranger can send, and soon. */
final class BadInputTest {
  private static Verifier verifier;

  @BeforeAll
  static void open() {
    verifier = Deliveries.verifier();
  }

  @AfterAll
  static void close() {
    verifier.close();
  }

  private static ErrorCode refusal(WebhookRequest request) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThrows(VerificationException.class, () -> verifier.verify(request)).code());
  }

  private static ErrorCode refusal(String url, Map<String, ?> headers, byte[] body) {
    return refusal(WebhookRequest.of("POST", url, headers, body));
  }

  private static Map<String, Object> headers(Object signature, Object nonce) {
    Map<String, Object> headers = new HashMap<>();
    headers.put(SIGNATURE_HEADER, signature);
    headers.put(NONCE_HEADER, nonce);
    return headers;
  }

  // Pitfall BIND-12.
  @Test
  void noBodyIsNoEmptyBody() {
    assertEquals(ErrorCode.BODY_ALREADY_PARSED, refusal(URL, Deliveries.headers(), null));
  }

  @Test
  void noMethodAndNoUrlAreTheProgramsFault() {
    for (WebhookRequest request :
        List.of(
            WebhookRequest.of(null, URL, Map.of(), BODY),
            WebhookRequest.of("POST", null, Map.of(), BODY),
            WebhookRequest.of("POST", URL, Map.of(SIGNATURE_HEADER, 1), BODY),
            WebhookRequest.of("POST", URL, Map.of(SIGNATURE_HEADER, bytes("x")), BODY))) {
      assertThrows(ConfigurationException.class, () -> verifier.verify(request));
    }
  }

  @Test
  void missingAndEmptyHeaders() {
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, Map.of(), BODY));
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, headers(null, NONCE), BODY));
    assertEquals(ErrorCode.MALFORMED_HEADER, refusal(URL, headers("", NONCE), BODY));
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, headers(SIGNATURE, null), BODY));
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, headers(SIGNATURE, ""), BODY));
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, headers(List.of(), NONCE), BODY));
  }

  @Test
  void aHeaderTwiceWithDifferentValues() {
    assertEquals(
        ErrorCode.AMBIGUOUS_HEADER,
        refusal(URL, headers(List.of(SIGNATURE, "x" + SIGNATURE), NONCE), BODY));
    assertEquals(
        ErrorCode.AMBIGUOUS_HEADER,
        refusal(URL, headers(SIGNATURE, List.of(NONCE, "54321")), BODY));
    Map<String, Object> twoCases = headers(SIGNATURE, NONCE);
    twoCases.put(SIGNATURE_HEADER.toLowerCase(), "AAAA");
    assertEquals(ErrorCode.AMBIGUOUS_HEADER, refusal(URL, twoCases, BODY));
  }

  @Test
  void headersThatAreNotAscii() {
    for (String text : List.of("é", "ÿ", "\u0131", "\u212a", "😀", "\ud800", "\udc00\ud800")) {
      refusal(URL, headers(SIGNATURE + text, NONCE), BODY);
      refusal(URL, headers(text + SIGNATURE, NONCE), BODY);
      refusal(URL, headers(SIGNATURE, NONCE + text), BODY);
      refusal(URL, headers(SIGNATURE, text), BODY);
    }
  }

  @Test
  void aCharacterNeverBecomesAnother() {
    // U+0131 has the low byte of "1", and Java encodes half a pair as "?".
    refusal(URL, headers(SIGNATURE, "\u0131" + "2345"), BODY);
    String url = URL + "?a=?b";
    Map<String, String> signed =
        verifier.sign(WebhookRequest.of("POST", url, Map.of(), BODY), SigningOptions.defaults());
    verifier.verify(WebhookRequest.of("POST", url, signed, BODY));
    refusal(URL + "?a=\ud800b", new HashMap<>(signed), BODY);
  }

  @Test
  void aNameIsComparedWithoutTheCaseOfAsciiOnly() {
    Map<String, String> kelvin = new HashMap<>(Deliveries.headers());
    String value = kelvin.remove(SIGNATURE_HEADER);
    kelvin.put(SIGNATURE_HEADER.replace('S', '\u017f'), value);
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, kelvin, BODY));
  }

  @Test
  void everyCutOfASignature() {
    for (int length = 0; length < SIGNATURE.length(); length++) {
      refusal(URL, headers(SIGNATURE.substring(0, length), NONCE), BODY);
    }
    for (int extra = 1; extra < 5; extra++) {
      refusal(URL, headers(SIGNATURE + "A".repeat(extra), NONCE), BODY);
    }
  }

  @Test
  void everyOtherBitOfASignature() {
    byte[] raw = java.util.Base64.getDecoder().decode(SIGNATURE);
    for (int bit = 0; bit < raw.length * 8; bit++) {
      raw[bit / 8] ^= (byte) (1 << bit % 8);
      String other = java.util.Base64.getEncoder().encodeToString(raw);
      assertEquals(ErrorCode.SIGNATURE_MISMATCH, refusal(URL, headers(other, NONCE), BODY));
      raw[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void junkInTheSignature() {
    for (String junk :
        List.of("=", "====", "%%%", "a b", "\0", "v1,abc", "{}", "garbage", ",,,", " , ", "\r\n")) {
      refusal(URL, headers(junk, NONCE), BODY);
    }
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      String junk =
          random
              .ints(random.nextInt(60), 0, 0x180)
              .mapToObj(Character::toString)
              .collect(Collectors.joining());
      refusal(URL, headers(junk, junk), bytes(junk));
    }
  }

  @Test
  void junkInTheUrl() {
    for (String url :
        List.of(
            "",
            "/",
            "?",
            "#",
            "https://",
            "https:///answer",
            "://",
            "example.com/answer",
            "https://example.com/answer?%",
            "https://example.com/answer?%zz=%G1&a=%",
            "https://example.com/%00",
            "https://example.com/\0",
            "https://example.com/ü?ü=ü",
            "https://example.com/\ud800",
            "https://[::1/answer",
            "https://exa mple.com/")) {
      refusal(url, Deliveries.headers(), BODY);
    }
  }

  @Test
  void junkAsTheMethod() {
    for (String method : List.of("", "PUT", "\0", "P\u00d6ST", "GET POST", "x".repeat(100_000))) {
      refusal(WebhookRequest.of(method, URL, Deliveries.headers(), BODY));
    }
  }

  @Test
  void junkInTheBody() {
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }
    List<byte[]> bodies =
        new ArrayList<>(List.of(everyByte, new byte[1], bytes("%"), bytes("a=%zz&%=%&=&&")));
    bodies.add(Arrays.copyOf(BODY, BODY.length + 1));
    for (byte[] body : bodies) {
      refusal(URL, Deliveries.headers(), body);
    }
  }

  @Test
  void largeBodies() {
    for (char c : "&=a%+".toCharArray()) {
      byte[] body = new byte[1024 * 1024];
      Arrays.fill(body, (byte) c);
      refusal(URL, Deliveries.headers(), body);
    }
    byte[] tooLarge = new byte[1024 * 1024 + 1];
    assertEquals(ErrorCode.BODY_TOO_LARGE, refusal(URL, Deliveries.headers(), tooLarge));
  }

  @Test
  void manyHeaders() {
    Map<String, String> headers = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      headers.put("x-header-" + i, "value");
    }
    assertEquals(ErrorCode.MISSING_HEADER, refusal(URL, headers, BODY));
    List<Map.Entry<String, String>> same =
        IntStream.range(0, 10_000).mapToObj(i -> Map.entry(SIGNATURE_HEADER, "v" + i)).toList();
    assertEquals(
        ErrorCode.AMBIGUOUS_HEADER,
        refusal(
            WebhookRequest.builder()
                .method("POST")
                .url(URL)
                .headers(same)
                .header(NONCE_HEADER, NONCE)
                .body(BODY)
                .build()));
  }

  /** Whatever a scheme reads: a body, a token, credentials, a handshake. */
  @Test
  void junkForEverySchemeThatSignsNothing() {
    Map<String, Object> secret = Map.of("hmac_secret", "32 bytes or more that sign a token");
    List<Verifier> verifiers =
        List.of(
            Tokens.verifier().options(secret).build(),
            Verifier.builder("basic").options(Map.of("username", "u", "password", "p1")).build(),
            Verifier.builder("enablex").option("app_id", "an-application").build(),
            Verifier.builder("vcc-live")
                .options(Map.of("secret", "a-secret-key", "cipher", "aes-256-cbc"))
                .build(),
            Verifier.builder("azure-event-grid").option("url_token", "a-token").build());
    Random random = new Random(1);
    List<String> starts =
        List.of("", "Bearer ", "Basic ", "Bearer eyJhbGciOiJIUzI1NiJ9.", "\u00e9");
    for (int i = 0; i < 2_000; i++) {
      byte[] junk = new byte[random.nextInt(200)];
      random.nextBytes(junk);
      String text =
          starts.get(random.nextInt(starts.size()))
              + new String(junk, java.nio.charset.StandardCharsets.ISO_8859_1);
      Map<String, Object> headers = new HashMap<>();
      for (String name :
          List.of("authorization", "x-algoritm", "x-format", "x-encoding", "aeg-event-type")) {
        headers.put(name, random.nextBoolean() ? text : "aes-256-cbc");
      }
      String url = "https://example.com/?iv=" + text + "&token=" + text;
      String method = random.nextBoolean() ? "POST" : "OPTIONS";
      for (Verifier each : verifiers) {
        assertThrows(
            VerificationException.class,
            () -> each.verify(WebhookRequest.of(method, url, headers, junk)));
      }
    }
    verifiers.forEach(Verifier::close);
  }

  @Test
  void junkForATokenIssuer() {
    try (TokenIssuer issuer =
        TokenIssuer.builder()
            .options(Map.of("client_id", "c", "client_secret", "a secret", "issuer", "i"))
            .options(Map.of("audience", "a", "hmac_secret", "x".repeat(31) + "y"))
            .build()) {
      Random random = new Random(1);
      for (int i = 0; i < 2_000; i++) {
        byte[] junk = new byte[random.nextInt(200)];
        random.nextBytes(junk);
        String text = new String(junk, java.nio.charset.StandardCharsets.ISO_8859_1);
        Map<String, String> headers =
            Map.of(
                "content-type",
                random.nextBoolean() ? "application/x-www-form-urlencoded" : text,
                "authorization",
                random.nextBoolean() ? "Basic Yzp3cm9uZw==" : text);
        Reply reply = issuer.respond(random.nextBoolean() ? "POST" : text, headers, junk);
        assertEquals(4, reply.status() / 100);
      }
    }
  }

  @Test
  void manySignatures() {
    String wrong = "A".repeat(43) + "=";
    String list = (wrong + ",").repeat(1_000);
    refusal(URL, headers(list, NONCE), BODY);
    refusal(URL, headers("x".repeat(1_000_000), NONCE), BODY);
    refusal(URL, headers(SIGNATURE, "x".repeat(1_000_000)), BODY);
  }
}
