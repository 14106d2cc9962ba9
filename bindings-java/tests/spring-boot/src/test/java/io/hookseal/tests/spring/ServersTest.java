package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each server has its own idea of what a request says: whatever that is, a delivery verifies for
 * the URL that is served, and for no other.
 */
final class ServersTest {
  private static final Map<String, App> APPS = new LinkedHashMap<>();

  /** The webhook {@code plain} knows no public URL. */
  private static final String ORIGIN = "http://calls.test";

  @BeforeAll
  static void start() {
    for (String server : servers()) {
      Map<String, Object> properties = new LinkedHashMap<>();
      properties.put(Servers.PROPERTY, server);
      for (String name : List.of("plain", "secure", "near")) {
        properties.put("hookseal.webhook." + name + ".scheme", "plivo");
        properties.put("hookseal.webhook." + name + ".options.auth-token", App.TOKEN);
      }
      properties.put("hookseal.webhook.secure.require-https", "true");
      properties.put("hookseal.webhook.near.allowed-ips", "127.0.0.1,::1");
      properties.put("hookseal.webhook.v2.scheme", "plivo-v2");
      properties.put("hookseal.webhook.v2.options.auth-token", App.TOKEN);
      APPS.put(
          server,
          App.start(
              properties,
              Calls.class,
              PlainHooks.class,
              HooksTest.Codes.class,
              FrontFilters.class));
    }
  }

  @AfterAll
  static void stop() {
    APPS.values().forEach(App::close);
  }

  static List<String> servers() {
    return Servers.names();
  }

  /** A request for {@code target} with a genuine signature for {@code url}. */
  private static Http.Answer send(App app, String scheme, String url, String target, String... more)
      throws Exception {
    byte[] body = bytes("From=1");
    List<String> headers = new ArrayList<>(List.of(more));
    headers.add("Content-Type: " + Http.FORM);
    headers.add("Content-Length: " + body.length);
    Http.signed(scheme, "POST", url, body)
        .forEach((name, value) -> headers.add(name + ": " + value));
    return Http.raw(app, "POST " + target, headers, body);
  }

  private static void refused(Http.Answer answer, String what) {
    assertTrue(
        answer.status() == 0 || answer.status() >= 400 && answer.status() < 500, what + answer);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theUrlThatIsServedIsVerified(String server) throws Exception {
    App app = APPS.get(server);
    for (String target : List.of("/plain/1", "/plain/1?a=b", "/plain/%61;x=y?b&&c")) {
      String host = "Host: calls.test";
      assertEquals("/plain", send(app, "plivo", ORIGIN + target, target, host).body(), target);
      assertEquals("/near", near(app, target), target);
    }
    String absolute = ORIGIN + "/plain/1";
    Http.Answer answer = send(app, "plivo", absolute, absolute, "Host: calls.test");
    assertEquals("/plain", answer.body());
  }

  private static String near(App app, String target) throws Exception {
    String other = target.replace("plain", "near");
    return send(app, "plivo", ORIGIN + other, other, "Host: calls.test").body();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void noHostMovesThePath(String server) throws Exception {
    App app = APPS.get(server);
    for (String[] attack :
        new String[][] {
          {"plivo", "http://calls.test/plain/1", "/plain/2?admin=1", "calls.test/plain/1#"},
          {"plivo", "http://calls.test/plain/1", "/plain/2", "calls.test/plain/1?"},
          {"plivo-v2", "http://calls.test/v2/1", "/v2/2", "calls.test/v2/1?"},
          {"plivo", "https://example.com/hooks/1", "/hooks/2?x", "example.com/hooks/1#"},
          {"plivo", "http://calls.test/plain/1", "/plain/1", "user@calls.test"},
          {"plivo", "http://calls.test/plain/1", "/plain/1", "calls.test\\"},
          {"plivo", "http://calls.test/plain/1", "/plain/1", ""},
        }) {
      Http.Answer answer = send(app, attack[0], attack[1], attack[2], "Host: " + attack[3]);
      refused(answer, attack[3]);
    }
    refused(
        send(app, "plivo", ORIGIN + "/plain/1", "/plain/1", "Host: calls.test", "Host: other.test"),
        "two hosts");
    refused(send(app, "plivo", ORIGIN + "/plain/1", "/plain/1"), "no host");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void noFragmentHidesWhatIsServed(String server) throws Exception {
    App app = APPS.get(server);
    for (String[] attack :
        new String[][] {
          {"/plain/1", "/plain/1#/../2"},
          {"/plain/1", "/plain/1#?admin=1"},
          {"/plain/1?user=7", "/plain/1?user=7#&admin=true"},
          {"/plain/1", "/plain/2#/../1"},
        }) {
      Http.Answer answer = send(app, "plivo", ORIGIN + attack[0], attack[1], "Host: calls.test");
      // A server may cut a fragment off before anybody sees it: then what is left was signed.
      boolean isServedAsSigned =
          answer.status() == 200 && answer.headers().get("served").equals(attack[0]);
      if (!isServedAsSigned) {
        refused(answer, attack[1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theSchemeIsThatOfTheConnection(String server) throws Exception {
    App app = APPS.get(server);
    String secure = "https://calls.test/secure/1";
    for (String target : List.of(secure, "/secure/1")) {
      for (String header :
          List.of("X-Forwarded-Proto: https", "Forwarded: proto=https", "X-Other: 1")) {
        Http.Answer answer = send(app, "plivo", secure, target, "Host: calls.test", header);
        assertEquals(403, answer.status(), target);
        assertEquals("insecure_transport", answer.headers().get("code"));
      }
    }
    String https = "https://calls.test/plain/1";
    refused(send(app, "plivo", https, https, "Host: calls.test"), "another scheme");
    refused(send(app, "plivo", https, "/plain/1", "Host: calls.test"), "another scheme");
    refused(
        send(app, "plivo", "http://other.test/plain/1", "http://other.test/plain/1", "Host: x"),
        "another host");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aBodyThatSomeoneReadBeforeIsTold(String server) throws Exception {
    App app = APPS.get(server);
    byte[] body = bytes("From=1");
    Map<String, String> signed = Http.signed("POST", "/hooks/a", body);
    for (String what : List.of("parameter", "stream", "part of it", "reader")) {
      Map<String, String> headers = new LinkedHashMap<>(signed);
      headers.put("Content-Type", Http.FORM);
      headers.put("Front", what);
      Http.Answer known = Http.send(app, "POST", "/hooks/a", headers, body);
      assertEquals("body_already_parsed", known.headers().get("code"), what);
      if (!what.equals("part of it")) {
        Http.Answer chunked = Http.sendChunked(app, "POST", "/hooks/a", headers, body);
        assertEquals("body_already_parsed", chunked.headers().get("code"), what + chunked);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void bodiesArriveAndAreHandedOn(String server) throws Exception {
    App app = APPS.get(server);
    byte[] body = bytes("From=%2B1&b=x+*y&b=&c");
    assertEquals(
        "12345 21 true q=1;From=+1;b=x *y|;c=", Http.post(app, "/hooks/a?q=1", body).body());
    Map<String, String> headers = new LinkedHashMap<>(Http.signed("POST", "/hooks/a", body));
    headers.put("Content-Type", Http.FORM);
    Http.Answer chunked = Http.sendChunked(app, "POST", "/hooks/a", headers, body);
    assertEquals("12345 21 true From=+1;b=x *y|;c=", chunked.body());
    Map<String, String> empty = new LinkedHashMap<>(Http.signed("POST", "/hooks/a", bytes("")));
    empty.put("Content-Type", Http.FORM);
    assertEquals(
        "12345 0 true ", Http.sendChunked(app, "POST", "/hooks/a", empty, bytes("")).body());
    assertEquals("later plivo", Http.post(app, "/later", bytes("From=1")).body());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatIsTooLargeIsRefusedBeforeItIsRead(String server) throws Exception {
    App app = APPS.get(server);
    List<String> headers = new ArrayList<>(List.of("Host: x", "Content-Length: 10485761"));
    Http.signed("POST", "/hooks/a", bytes(""))
        .forEach((name, value) -> headers.add(name + ": " + value));
    assertEquals(413, Http.raw(app, "POST /hooks/a", headers, bytes("")).status());
    List<String> unsigned = List.of("Host: x", "Content-Length: 10485760");
    assertEquals(401, Http.raw(app, "POST /hooks/a", unsigned, bytes("")).status());
  }
}
