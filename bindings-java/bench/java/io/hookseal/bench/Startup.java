package io.hookseal.bench;

import io.hookseal.Hookseal;
import io.hookseal.Verifier;
import java.util.Locale;
import java.util.Map;

/** How long the library takes to load, and a verifier to be made. Compared with nothing. */
final class Startup {
  private static final int TIMES = 200;

  private Startup() {}

  static void run() {
    long start = System.nanoTime();
    Hookseal.schemes();
    System.out.printf(
        Locale.ROOT, "%-32s %9.0f us%n", "load, with the catalogue", microseconds(start));
    time(
        "plivo",
        Map.of("auth_token", "f3c1a9d27b5e48c0a6d4", "public_url", "https://api.example.com"));
    time(
        "azure-event-grid",
        Map.of("entra", Map.of("tenant", "contoso", "audience", "api://hooks")));
  }

  private static void time(String scheme, Map<String, Object> options) {
    double first = make(scheme, options);
    double best = first;
    for (int i = 1; i < TIMES; i++) {
      best = Math.min(best, make(scheme, options));
    }
    System.out.printf(
        Locale.ROOT, "%-32s %9.0f us, the best of %d %9.1f us%n", scheme, first, TIMES, best);
  }

  private static double make(String scheme, Map<String, Object> options) {
    long start = System.nanoTime();
    Verifier verifier = Verifier.builder(scheme).options(options).build();
    double time = microseconds(start);
    verifier.close();
    return time;
  }

  private static double microseconds(long start) {
    return (System.nanoTime() - start) / 1e3;
  }
}
