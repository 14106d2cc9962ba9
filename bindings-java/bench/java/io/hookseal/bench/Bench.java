package io.hookseal.bench;

import io.hookseal.SigningOptions;
import io.hookseal.Verifier;
import io.hookseal.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code Bench plivo} and {@code Bench github}: hookseal and a hand-written verifier over the same
 * deliveries, in interleaved passes of one process. Only the ratios mean something.
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
      default -> {
        System.err.println("there is no benchmark " + name + "; there are plivo and github");
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
          () -> ours.verify(WebhookRequest.of("POST", url, headers, body)),
          () -> require(theirs.isGenuineBody(headers, body)));
    }
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
      throw new IllegalStateException("the hand-written verifier refuses");
    }
  }

  private static void compare(String what, Work ours, Work theirs) throws Exception {
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
        "%-42s hookseal %9.0f ns   hand-written Mac %9.0f ns   %.2fx%n",
        what,
        bestOurs,
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
