package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The mistakes that people make, and what the detail of each refusal names. */
final class DiagnosisTest {
  private static final long NOW = 1_700_000_000;

  @TestFactory
  Stream<DynamicTest> theDetailNamesTheCause() throws Exception {
    String text = Files.readString(Path.of("../../../tests/diagnosis.json"));
    JsonObject file = JsonParser.parseString(text).getAsJsonObject();
    List<JsonElement> rows = file.getAsJsonArray("rows").asList();
    assertEquals(file.get("count").getAsInt(), rows.size());
    return rows.stream()
        .map(JsonElement::getAsJsonObject)
        .map(row -> DynamicTest.dynamicTest(row.get("id").getAsString(), () -> check(row)));
  }

  private static void check(JsonObject row) {
    HooksealException error = assertThrows(HooksealException.class, () -> verify(row));
    JsonObject expected = row.getAsJsonObject("expect");
    assertEquals(expected.get("code").getAsString(), error.code().text(), error.getMessage());
    for (JsonElement wanted : expected.getAsJsonArray("detail_contains")) {
      assertTrue(error.detail().contains(wanted.getAsString()), wanted + ": " + error.detail());
    }
    for (JsonElement unwanted : expected.getAsJsonArray("detail_lacks")) {
      assertFalse(
          error.detail().contains(unwanted.getAsString()), unwanted + ": " + error.detail());
    }
    assertEquals(error.code().text() + ": " + error.detail(), error.getMessage());
  }

  private static void verify(JsonObject row) {
    try (Verifier verifier =
        Verifier.builder(row.get("scheme").getAsString())
            .options(VectorsTest.map(row.getAsJsonObject("options")))
            .build()) {
      verifier.verify(request(row));
    }
  }

  private static WebhookRequest request(JsonObject row) {
    JsonObject described = row.getAsJsonObject("request");
    long now = row.has("now") ? row.get("now").getAsLong() : NOW;
    WebhookRequest.Builder builder =
        WebhookRequest.builder()
            .method(described.get("method").getAsString())
            .url(described.get("url").getAsString())
            .body(body(described))
            .now(Instant.ofEpochSecond(now));
    for (JsonElement pair : described.getAsJsonArray("headers")) {
      JsonArray header = pair.getAsJsonArray();
      builder.header(header.get(0).getAsString(), header.get(1).getAsString());
    }
    if (described.has("peer_ip")) {
      builder.peerIp(described.get("peer_ip").getAsString());
    }
    return builder.build();
  }

  /** Null where a parser made something else of it. */
  private static byte[] body(JsonObject request) {
    if (request.has("parsed_body")) {
      return null;
    }
    return request.has("body_base64")
        ? Base64.getDecoder().decode(request.get("body_base64").getAsString())
        : request.get("body_utf8").getAsString().getBytes(StandardCharsets.UTF_8);
  }
}
