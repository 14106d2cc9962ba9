package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.util.Arrays;
import java.util.Map;
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

  @Test
  void whatTurnsFieldsIntoJsonDoesNotShowIt() {
    Map<String, Object> claims = Map.of("sub", "CLAIM-marker");
    VerifiedEvent event =
        new VerifiedEvent(
            Deliveries.bytes("BODY-marker"),
            "scheme-marker",
            "0",
            java.util.OptionalLong.empty(),
            null,
            null,
            claims,
            new Covers(
                Covers.Body.FULL,
                Covers.Url.NONE,
                false,
                Covers.Coverage.NONE,
                Covers.Coverage.NONE,
                false),
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
