package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs every case of every file in the folder {@code HOOKSEAL_VECTORS}, and writes what came out to
 * the file {@code HOOKSEAL_OUTCOMES}, where that is set.
 */
final class VectorsTest {
  private static final long NOW = 1_700_000_000;
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final Map<String, Verifier> verifiers = new HashMap<>();
  private final JsonObject outcomes = new JsonObject();
  private final List<String> disagreements = new ArrayList<>();
  private int announced;
  private int ran;

  @Test
  void everyCaseGivesItsVerdict() throws Exception {
    Path folder = Path.of(variable("HOOKSEAL_VECTORS", "../../../tests/vectors"));
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      run(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    }
    verifiers.values().forEach(Verifier::close);

    System.out.println("vectors: " + ran + " run of " + announced);
    String target = variable("HOOKSEAL_OUTCOMES", "");
    if (!target.isEmpty()) {
      Files.writeString(Path.of(target), GSON.toJson(outcomes));
    }
    assertTrue(ran > 0, "no vectors in " + folder);
    assertEquals(announced, ran);
    assertEquals(ran, outcomes.size(), "an id occurs twice");
    assertEquals(List.of(), disagreements);
  }

  private void run(JsonObject file) {
    announced += file.get("count").getAsInt();
    for (JsonElement element : file.getAsJsonArray("cases")) {
      JsonObject vector = element.getAsJsonObject();
      JsonObject outcome = outcome(vector);
      compare(vector, outcome);
      outcomes.add(vector.get("id").getAsString(), outcome);
      ran++;
    }
  }

  private JsonObject outcome(JsonObject vector) {
    JsonObject outcome = new JsonObject();
    try {
      VerifiedEvent event = verifier(vector).verify(request(vector));
      outcome.addProperty("verdict", "verified");
      outcome.add("facts", facts(event));
    } catch (HooksealException refusal) {
      outcome.addProperty("verdict", "rejected");
      outcome.addProperty("code", refusal.code().text());
      if (refusal instanceof VerificationException error) {
        answer(error).ifPresent(answer -> outcome.add("answer", answer));
      }
    }
    return outcome;
  }

  private void compare(JsonObject vector, JsonObject outcome) {
    String id = vector.get("id").getAsString();
    String expected = vector.get("expect").getAsString();
    JsonElement code = outcome.get("code");
    String actual = code == null ? "verified" : code.getAsString();
    if (!expected.equals(actual)) {
      disagreements.add(id + ": expected " + expected + ", was " + actual);
      return;
    }
    if (vector.has("answer") && !vector.get("answer").equals(outcome.get("answer"))) {
      disagreements.add(id + ": answer " + vector.get("answer") + ", was " + outcome.get("answer"));
    }
    JsonObject facts = outcome.getAsJsonObject("facts");
    if (facts != null && vector.has("facts")) {
      for (Map.Entry<String, JsonElement> fact : vector.getAsJsonObject("facts").entrySet()) {
        if (!fact.getValue().equals(facts.get(fact.getKey()))) {
          disagreements.add(id + ": " + fact + ", was " + facts.get(fact.getKey()));
        }
      }
    }
  }

  private Verifier verifier(JsonObject vector) {
    JsonElement scheme = vector.get("scheme");
    JsonElement options = vector.get("options");
    return verifiers.computeIfAbsent(
        scheme + "\n" + options,
        key -> {
          Verifier.Builder builder =
              scheme.isJsonObject()
                  ? Verifier.builder(map(scheme.getAsJsonObject()))
                  : Verifier.builder(scheme.getAsString());
          if (options.getAsJsonObject().has("introspection")) {
            builder.introspector(
                token -> {
                  throw new UnsupportedOperationException("nobody is asked");
                });
          }
          return builder.options(map(options.getAsJsonObject())).build();
        });
  }

  private static WebhookRequest request(JsonObject vector) {
    JsonObject request = vector.getAsJsonObject("request");
    WebhookRequest.Builder builder =
        WebhookRequest.builder()
            .method(request.get("method").getAsString())
            .url(request.get("url").getAsString())
            .body(body(request));
    for (JsonElement header : request.getAsJsonArray("headers")) {
      JsonArray pair = header.getAsJsonArray();
      builder.header(pair.get(0).getAsString(), pair.get(1).getAsString());
    }
    if (isPresent(request.get("authority"))) {
      builder.authority(request.get("authority").getAsString());
    }
    if (isPresent(request.get("scheme"))) {
      builder.scheme(request.get("scheme").getAsString());
    }
    if (isPresent(request.get("peer_ip"))) {
      builder.peerIp(request.get("peer_ip").getAsString());
    }
    long now = isPresent(vector.get("now")) ? vector.get("now").getAsLong() : NOW;
    return builder.now(Instant.ofEpochSecond(now)).build();
  }

  private static byte[] body(JsonObject request) {
    return request.has("body_base64")
        ? Base64.getDecoder().decode(request.get("body_base64").getAsString())
        : Deliveries.bytes(request.get("body_utf8").getAsString());
  }

  /** How a refusal is answered, where that is more than the status of its code. */
  private static Optional<JsonObject> answer(VerificationException error) {
    if (error.status() == error.code().status()
        && error.authenticate().isEmpty()
        && error.reply().isEmpty()) {
      return Optional.empty();
    }
    JsonObject answer = new JsonObject();
    answer.addProperty("status", error.status());
    answer.addProperty("authenticate", error.authenticate().orElse(null));
    answer.add(
        "reply", error.reply().<JsonElement>map(VectorsTest::reply).orElse(JsonNull.INSTANCE));
    return Optional.of(answer);
  }

  private static JsonObject reply(Reply reply) {
    JsonArray headers = new JsonArray();
    reply
        .headers()
        .forEach(
            header -> {
              JsonArray pair = new JsonArray();
              pair.add(header.getKey());
              pair.add(header.getValue());
              headers.add(pair);
            });
    JsonObject described = new JsonObject();
    described.addProperty("status", reply.status());
    described.add("headers", headers);
    described.addProperty("body", reply.body());
    return described;
  }

  static JsonObject facts(VerifiedEvent event) {
    JsonObject covers = new JsonObject();
    covers.addProperty("body", event.covers().body().text());
    covers.addProperty("url", event.covers().url().text());
    covers.addProperty("method", event.covers().method());
    covers.addProperty("timestamp", event.covers().timestamp().text());
    covers.addProperty("delivery_id", event.covers().deliveryId().text());
    covers.addProperty("confidential", event.covers().confidential());
    covers.add("parts", GSON.toJsonTree(event.covers().parts()));

    JsonObject facts = new JsonObject();
    facts.addProperty("scheme", event.scheme());
    facts.addProperty("payload_base64", Base64.getEncoder().encodeToString(event.payload()));
    facts.addProperty("key_id", event.keyId());
    facts.add(
        "timestamp",
        event.timestamp().isPresent()
            ? new JsonPrimitive(event.timestamp().getAsLong())
            : JsonNull.INSTANCE);
    facts.addProperty("delivery_id", event.deliveryId().orElse(null));
    facts.addProperty("event_type", event.eventType().orElse(null));
    facts.addProperty("replay_key", event.replayKey().orElse(null));
    facts.add("claims", GSON.toJsonTree(event.claims()));
    facts.add("covers", covers);
    facts.addProperty("url_form", event.urlForm());
    return facts;
  }

  static Map<String, Object> map(JsonObject object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.entrySet().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
    return map;
  }

  private static Object value(JsonElement element) {
    if (element.isJsonObject()) {
      return map(element.getAsJsonObject());
    }
    if (element.isJsonArray()) {
      return element.getAsJsonArray().asList().stream().map(VectorsTest::value).toList();
    }
    JsonPrimitive primitive = element.getAsJsonPrimitive();
    if (primitive.isBoolean()) {
      return primitive.getAsBoolean();
    }
    return primitive.isNumber() ? primitive.getAsLong() : primitive.getAsString();
  }

  private static boolean isPresent(JsonElement element) {
    return element != null && !element.isJsonNull();
  }

  private static String variable(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
