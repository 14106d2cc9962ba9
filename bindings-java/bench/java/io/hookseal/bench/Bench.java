package io.hookseal.bench;

import io.hookseal.SigningOptions;
import io.hookseal.Verifier;
import io.hookseal.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code Bench plivo}, {@code github}, {@code decrypt} and {@code jwt}: hookseal and what Java's
 * users have over the same deliveries, in interleaved passes of one process. Only the ratios mean
 * something.
 */
public final class Bench {
  /** Passes are many and short, so that some are not interrupted on a busy machine. */
  private static final int WARM_UP = 500;

  private static final int PASSES = 500;
  private static final long PASS_NANOS = 3_000_000;

  /** Something to time; must throw when it doesn't verify. */
  private interface Work {
    void run() throws Exception;
  }

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    String name = arguments.length == 0 ? "plivo" : arguments[0];
    switch (name) {
      case "plivo" -> plivo();
      case "github" -> github();
      case "decrypt" -> decrypt();
      case "jwt" -> jwt();
      case "startup" -> Startup.run();
      default -> {
        System.err.println(
            "there is no benchmark "
                + name
                + "; there are plivo, github, decrypt, jwt and startup");
        System.exit(2);
      }
    }
  }

  private static void plivo() throws Exception {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      form.append(i == 0 ? "" : "&").append("Parameter").append((i * 7) % 20);
      form.append("=%2B1415666").append(7000 + i).append("+in-progress");
    }
    byte[] body = form.toString().getBytes(StandardCharsets.UTF_8);
    String url = "https://api.example.com/plivo/answer?tenant=42";
    String token = "my_auth_token_of_40_characters_0123456789";
    Verifier ours = Verifier.builder("plivo").option("auth_token", token).build();
    Map<String, String> headers =
        headers(
            ours.sign(
                WebhookRequest.of("POST", url, Map.of(), body),
                SigningOptions.defaults().withDeliveryId("05429567804466091622")));
    HandWritten theirs = new HandWritten(token);
    compare(
        "form of 20 parameters, parsed and sorted",
        "hand-written Mac",
        () -> ours.verify(WebhookRequest.of("POST", url, headers, body)),
        () -> require(theirs.isGenuineForm(url, headers, body)));
  }

  private static void github() throws Exception {
    String secret = "a webhook secret of some length";
    Verifier ours = Verifier.builder("github").option("secret", secret).build();
    HandWritten theirs = new HandWritten(secret);
    for (int length : new int[] {200, 1024, 16 * 1024, 64 * 1024, 1024 * 1024}) {
      byte[] body = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
      String url = "https://api.example.com/github";
      Map<String, String> headers =
          headers(ours.sign(WebhookRequest.of("POST", url, Map.of(), body)));
      compare(
          "body of " + length + " bytes",
          "hand-written Mac",
          () -> ours.verify(WebhookRequest.of("POST", url, headers, body)),
          () -> require(theirs.isGenuineBody(headers, body)));
    }
  }

  /**
   * Three times each: what was kept of a delivery, for which both take raw bytes; the body of a
   * delivery, for which both take the IV that came with the request; and a whole delivery, of which
   * ours checks a token in the URL and that it is JSON besides, against decryption with a key and
   * an IV that are there already.
   */
  private static void decrypt() throws Exception {
    String secret = "0123456789abcdefABCDEF-32-bytes!";
    String token = "f3c1a9d27b5e48c0a6d4";
    String iv = "9f3c00ff10a7e2d45b8871c60d4e93fa";
    byte[] rawIv = HexFormat.of().parseHex(iv);
    String url = "https://api.example.com/hook?iv=" + iv;
    String urlWithToken = url + "&secret-key=" + token;
    Map<String, String> headers = headers(Map.of());
    Map<String, String> modes =
        new TreeMap<>(
            Map.of("aes-256-cbc", "AES/CBC/PKCS5Padding", "aes-256-ctr", "AES/CTR/NoPadding"));
    for (Map.Entry<String, String> mode : modes.entrySet()) {
      Map<String, String> options = Map.of("secret", secret, "cipher", mode.getKey());
      Verifier alone =
          Verifier.builder("vcc-live").options(options).option("plaintext", "bytes").build();
      Verifier whole =
          Verifier.builder("vcc-live").options(options).option("url_token", token).build();
      Decryption theirs = new Decryption(mode.getValue(), secret, iv);
      for (int length : new int[] {200, 1024, 16 * 1024}) {
        String plaintext = "{\"text\":\"" + "x".repeat(length - 11) + "\"}";
        byte[] ciphertext = theirs.encrypt(plaintext.getBytes(StandardCharsets.UTF_8));
        byte[] body = Base64.getEncoder().encode(ciphertext);
        compare(
            mode.getKey() + " of " + length + " bytes, decrypt",
            "javax.crypto",
            () -> requireLength(length, alone.decrypt(ciphertext, rawIv)),
            () -> requireLength(length, theirs.decrypt(rawIv, ciphertext)));
        compare(
            mode.getKey() + " of " + length + " bytes, alone",
            "javax.crypto",
            () -> requireLength(length, decrypted(alone, url, headers, body)),
            () -> requireLength(length, theirs.decryptBody(iv, body)));
        compare(
            mode.getKey() + " of " + length + " bytes, whole",
            "javax.crypto",
            () -> requireLength(length, decrypted(whole, urlWithToken, headers, body)),
            () -> requireLength(length, theirs.decryptBody(body)));
      }
    }
  }

  private static byte[] decrypted(
      Verifier verifier, String url, Map<String, String> headers, byte[] body) {
    return verifier.verify(WebhookRequest.of("POST", url, headers, body)).payload();
  }

  private static void jwt() throws Exception {
    Jwt theirs = new Jwt();
    Verifier ours =
        Verifier.builder("bearer-jwt")
            .option("issuer", Jwt.ISSUER)
            .option("audience", Jwt.AUDIENCE)
            .option("jwks", theirs.keySet())
            .build();
    Map<String, String> headers = headers(Map.of("authorization", "Bearer " + theirs.token()));
    byte[] body = "x".repeat(1024).getBytes(StandardCharsets.UTF_8);
    compare(
        "RS256 token of 6 claims",
        "nimbus-jose-jwt",
        () -> ours.verify(WebhookRequest.of("POST", Jwt.AUDIENCE, headers, body)),
        () -> require(theirs.verify(headers).getSubject() != null));
  }

  /** What a request carries besides the signature. */
  private static Map<String, String> headers(Map<String, String> signature) {
    Map<String, String> headers = new HashMap<>(signature);
    for (String name :
        "host user-agent accept accept-encoding content-length connection x-real-ip via traceparent x-request-id cache-control pragma"
            .split(" ")) {
      headers.put(name, "some value");
    }
    headers.put("content-type", "application/x-www-form-urlencoded");
    return headers;
  }

  private static void require(boolean genuine) {
    if (!genuine) {
      throw new IllegalStateException("the delivery is genuine, and was refused");
    }
  }

  private static void requireLength(int length, byte[] decrypted) {
    require(decrypted.length == length);
  }

  private static void compare(String what, String peer, Work ours, Work theirs) throws Exception {
    double bestOurs = Double.MAX_VALUE;
    double bestTheirs = Double.MAX_VALUE;
    for (int pass = -WARM_UP; pass < PASSES; pass++) {
      double first = nanos(ours);
      double second = nanos(theirs);
      if (pass >= 0) {
        bestOurs = Math.min(bestOurs, first);
        bestTheirs = Math.min(bestTheirs, second);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-42s hookseal %9.0f ns   %s %9.0f ns   %.2fx%n",
        what,
        bestOurs,
        peer,
        bestTheirs,
        bestTheirs / bestOurs);
  }

  private static double nanos(Work work) throws Exception {
    long start = System.nanoTime();
    long runs = 0;
    long elapsed;
    do {
      for (int i = 0; i < 10; i++) {
        work.run();
      }
      runs += 10;
      elapsed = System.nanoTime() - start;
    } while (elapsed < PASS_NANOS);
    return (double) elapsed / runs;
  }
}
