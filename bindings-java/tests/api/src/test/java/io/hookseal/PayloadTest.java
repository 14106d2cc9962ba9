package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an event hands out is what was verified, and shows itself to nobody who did not ask. */
final class PayloadTest {
  @Test
  void nobodyChangesIt() {
    byte[] body = Deliveries.BODY.clone();
    try (Verifier verifier = Deliveries.verifier()) {
      VerifiedEvent event =
          verifier.verify(WebhookRequest.of("POST", Deliveries.URL, Deliveries.headers(), body));
      Arrays.fill(body, (byte) 'x');
      assertArrayEquals(Deliveries.BODY, event.payload());
      Arrays.fill(event.payload(), (byte) 'y');
      assertArrayEquals(Deliveries.BODY, event.payload());
      assertNotSame(event.payload(), event.payload());
    }
  }

  /** Small ones are packed in memory of the thread, large ones in their own. */
  @Test
  void noOtherDeliveryChangesIt() {
    try (Verifier verifier = github().build()) {
      List<byte[]> bodies = new ArrayList<>();
      List<VerifiedEvent> events = new ArrayList<>();
      for (int length : new int[] {0, 10, 4_000, 4_096, 9, 100_000, 1_200_000, 8}) {
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) ('a' + events.size()));
        bodies.add(body.clone());
        events.add(verify(verifier, sign(body), body));
        Arrays.fill(body, (byte) 'x');
      }
      for (int i = 0; i < events.size(); i++) {
        assertArrayEquals(bodies.get(i), events.get(i).payload());
      }
    }
  }

  /** The caller's own code runs while a request is read, and may verify others. */
  @Test
  void aVerificationWithinAnotherDoesNotChangeIt() {
    Map<String, String> inner = sign(Deliveries.bytes("inner"));
    byte[] body = Deliveries.bytes("outer");
    Map<String, String> outer = sign(body);
    try (Verifier other = github().build();
        Verifier verifier =
            github()
                .clock(
                    () -> {
                      verify(other, inner, Deliveries.bytes("inner"));
                      return Instant.EPOCH;
                    })
                .build()) {
      AbstractMap<String, String> headers =
          new AbstractMap<>() {
            @Override
            public Set<Entry<String, String>> entrySet() {
              verify(other, inner, Deliveries.bytes("inner"));
              return outer.entrySet();
            }
          };
      assertArrayEquals(body, verify(verifier, headers, body).payload());
    }
  }

  private static Verifier.Builder github() {
    return Verifier.builder("github").option("secret", "s3cret");
  }

  private static Map<String, String> sign(byte[] body) {
    try (Verifier verifier = github().build()) {
      return verifier.sign(WebhookRequest.of("POST", Deliveries.URL, Map.of(), body));
    }
  }

  private static VerifiedEvent verify(Verifier verifier, Map<String, String> headers, byte[] body) {
    return verifier.verify(WebhookRequest.of("POST", Deliveries.URL, headers, body));
  }

  @Test
  void whatTurnsFieldsIntoJsonDoesNotShowIt() {
    Map<String, Object> claims = Map.of("sub", "CLAIM-marker");
    VerifiedEvent event =
        new VerifiedEvent(
            Deliveries.bytes("BODY-marker"),
            11,
            "scheme-marker",
            "0",
            java.util.OptionalLong.empty(),
            null,
            null,
            null,
            claims,
            new Covers(
                Covers.CoverageLevel.FULL,
                Covers.CoverageLevel.NONE,
                false,
                Covers.Coverage.NONE,
                Covers.Coverage.NONE,
                false,
                List.of("body")),
            "as-is");
    String json = FieldsOnly.GSON.toJson(event);
    assertTrue(json.contains("scheme-marker"), json);
    assertFalse(json.contains("payload"), json);
    assertFalse(json.contains("CLAIM-marker"), json);
  }

  /** Writes every field; what Gson makes of an optional number is of no interest. */
  private static final class FieldsOnly {
    static final Gson GSON =
        new com.google.gson.GsonBuilder()
            .registerTypeAdapter(
                java.util.OptionalLong.class,
                (com.google.gson.JsonSerializer<java.util.OptionalLong>)
                    (value, type, context) -> com.google.gson.JsonNull.INSTANCE)
            .create();
  }
}
