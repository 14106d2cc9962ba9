package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The annotation with everything else as Spring Boot has it. */
final class WebhookTest {
  private static final String REJECTED = "{\"error\":\"webhook_rejected\"}";

  private static App app;
  private Calls calls;

  @BeforeAll
  static void start() {
    app = App.start(Calls.class);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void reset() {
    calls = app.bean(Calls.class);
    calls.called.set(0);
  }

  private void refused(int status, Http.Answer answer) {
    assertEquals(status, answer.status(), answer::body);
    assertEquals(REJECTED, answer.body());
    assertEquals("application/json", answer.headers().get("content-type"));
    assertEquals(
        Set.of("content-type", "content-length", "date", "connection"),
        answer.headers().keySet(),
        "what else is there varies");
    assertEquals(0, calls.called.get());
  }

  @Test
  void aGenuinePostReachesTheHandler() throws Exception {
    Http.Answer answer = Http.post(app, "/hooks/a?q=1", bytes("From=%2B1&b=x+*y&b=&c&%zz=%"));
    assertEquals(200, answer.status(), answer::body);
    assertEquals("12345 27 true q=1;From=+1;b=x *y|;c=;%zz=%", answer.body());
  }

  @Test
  void aGenuineGetReachesTheHandler() throws Exception {
    Http.Answer answer = Http.get(app, "/hooks/a?b=2&a=%26");
    assertEquals("12345 0 true b=2;a=&", answer.body());
  }

  @Test
  void aBodyWithoutALengthIsRead() throws Exception {
    byte[] body = bytes("From=1");
    Map<String, String> headers = new LinkedHashMap<>(Http.signed("POST", "/hooks/a", body));
    headers.put("Content-Type", Http.FORM);
    Http.Answer answer = Http.sendChunked(app, "POST", "/hooks/a", headers, body);
    assertEquals("12345 6 true From=1", answer.body());

    Map<String, String> empty = new LinkedHashMap<>(Http.signed("POST", "/hooks/a", bytes("")));
    empty.put("Content-Type", Http.FORM);
    assertEquals(
        "12345 0 true ", Http.sendChunked(app, "POST", "/hooks/a", empty, bytes("")).body());
  }

  @Test
  void theHandlerMayAskForItsPartsAsUsual() throws Exception {
    assertEquals("+1 2", Http.post(app, "/params?q=2", bytes("From=%2B1")).body());
    assertEquals("From=%2B1&x=*", Http.post(app, "/body", bytes("From=%2B1&x=*")).body());
    assertEquals("later plivo", Http.post(app, "/later", bytes("From=1")).body());
  }

  @Test
  void aForgeryIsRefused() throws Exception {
    byte[] body = bytes("From=1");
    Map<String, String> headers = new LinkedHashMap<>(Http.signed("POST", "/hooks/a", body));
    headers.put("Content-Type", Http.FORM);
    refused(401, Http.send(app, "POST", "/hooks/b", headers, body));
    refused(401, Http.send(app, "POST", "/hooks/a", headers, bytes("From=2")));
    refused(401, Http.send(app, "POST", "/hooks/a", Map.of(), body));
    refused(401, Http.send(app, "GET", "/hooks/a", Map.of(), bytes("")));
    refused(401, Http.send(app, "POST", "/params?q=1", Map.of("Content-Type", Http.FORM), body));
    refused(401, Http.send(app, "POST", "/later", Map.of(), body));
    refused(405, Http.send(app, "PUT", "/hooks/a", headers, body));
    assertEquals(405, Http.send(app, "HEAD", "/hooks/a", Map.of(), bytes("")).status());
  }

  @Test
  void everyRefusalLooksAlike() throws Exception {
    Map<String, String> junk =
        Map.of("X-Plivo-Signature-V3", "junk", "X-Plivo-Signature-V3-Nonce", "1");
    Http.Answer first = Http.send(app, "POST", "/hooks/a", Map.of(), bytes("a=b"));
    Http.Answer second = Http.send(app, "POST", "/hooks/a", junk, bytes("a=b"));
    assertEquals(first.status(), second.status());
    assertEquals(first.body(), second.body());
    assertEquals(first.headers().keySet(), second.headers().keySet());
  }

  @Test
  void aBodyIsReadUpToTheLimit() throws Exception {
    int limit = 1024 * 1024;
    byte[] tooLarge = new byte[limit + 1];
    Map<String, String> signed = Http.signed("POST", "/hooks/a", bytes(""));
    List<String> lines =
        new ArrayList<>(List.of("Host: internal", "Content-Length: " + (limit + 1)));
    signed.forEach((name, value) -> lines.add(name + ": " + value));
    // Not a byte of it is waited for.
    refused(413, Http.raw(app, "POST /hooks/a", lines, bytes("")));
    refused(413, Http.sendChunked(app, "POST", "/hooks/a", signed, tooLarge));
    byte[] justRight = new byte[limit];
    java.util.Arrays.fill(justRight, (byte) 'x');
    assertTrue(Http.post(app, "/hooks/a", justRight).body().startsWith("12345 1048576 true"));
  }

  @Test
  void anyBytesAreABody() throws Exception {
    byte[] body = new byte[512];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) i;
    }
    assertTrue(Http.post(app, "/hooks/a", body).body().startsWith("12345 512 true"));
  }

  // Pitfall BODY-6.
  @Test
  void otherRoutesAreAsTheyWere() throws Exception {
    assertEquals("well", Http.send(app, "GET", "/hooks/health", Map.of(), bytes("")).body());
    Map<String, String> form = Map.of("Content-Type", Http.FORM);
    assertEquals("open x y", Http.send(app, "POST", "/open", form, bytes("a=x+y")).body());
    String part =
        "--b\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
            + "hello\r\n"
            + "--b--\r\n";
    Map<String, String> multipart = Map.of("Content-Type", "multipart/form-data; boundary=b");
    assertEquals("upload hello", Http.send(app, "POST", "/upload", multipart, bytes(part)).body());
    assertEquals(404, Http.send(app, "GET", "/none", Map.of(), bytes("")).status());
    assertEquals(405, Http.send(app, "GET", "/body", Map.of(), bytes("")).status());
    assertEquals(200, Http.send(app, "OPTIONS", "/body", Map.of(), bytes("")).status());
  }

  @Test
  void aWayPastTheFilterEndsBeforeTheHandler() throws Exception {
    refused(401, Http.send(app, "POST", "/forward", Map.of(), bytes("")));
    Map<String, String> form = Map.of("Content-Type", Http.FORM);
    refused(401, Http.send(app, "POST", "/conditional", form, bytes("Event=StartApp")));
    // Whoever looks for the parameter has read the body.
    refused(500, Http.post(app, "/conditional", bytes("Event=StartApp")));
  }
}
