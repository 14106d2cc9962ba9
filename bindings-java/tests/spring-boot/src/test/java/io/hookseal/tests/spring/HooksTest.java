package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.hookseal.ConfigurationException;
import io.hookseal.TokenIntrospector;
import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.spring.VerifiedWebhook;
import io.hookseal.spring.WebhookRejectionHandler;
import io.hookseal.spring.WebhookSelector;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an application may change: the answer to refusals, the clock, the choice of verifiers. */
final class HooksTest {
  private static final String REJECTED = "{\"error\":\"webhook_rejected\"}";

  private static Http.Answer forged(App app, String... header) throws Exception {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", Http.FORM);
    for (int i = 0; i < header.length; i += 2) {
      headers.put(header[i], header[i + 1]);
    }
    return Http.send(app, "POST", "/hooks/a", headers, bytes("From=1"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Codes {
    @Bean
    WebhookRejectionHandler codes() {
      return (error, request, response) -> {
        response.setHeader("Code", error.code().text());
        String what = request.getHeader("Do");
        switch (what == null ? "" : what) {
          case "replace" -> {
            response.setStatus(418);
            response.getWriter().write("mine");
          }
          case "sendError" -> response.sendError(410);
          case "throw" -> throw new java.io.IOException("on purpose");
          case "throw late" -> {
            response.setStatus(200);
            response.getWriter().write("half of it");
            throw new IllegalStateException("on purpose");
          }
          default -> {}
        }
      };
    }
  }

  @Test
  void theRejectionHandlerMayAddAndReplace() throws Exception {
    try (App app = App.start(Calls.class, Codes.class, FrontFilters.class)) {
      Http.Answer plain = forged(app);
      assertEquals(401, plain.status());
      assertEquals("missing_header", plain.headers().get("code"));
      assertEquals(REJECTED, plain.body());

      Http.Answer replaced = forged(app, "Do", "replace");
      assertEquals(418, replaced.status());
      assertEquals("mine", replaced.body());
      assertEquals(410, forged(app, "Do", "sendError").status());

      for (String how : List.of("throw", "throw late")) {
        Http.Answer failed = forged(app, "Do", how);
        assertEquals(401, failed.status());
        assertEquals(REJECTED, failed.body());
        assertEquals("application/json", failed.headers().get("content-type"));
        assertNull(failed.headers().get("code"));
      }
      assertEquals(0, app.bean(Calls.class).called.get());
    }
  }

  @Test
  void aBodyThatSomeoneReadBeforeIsTold() throws Exception {
    try (App app = App.start(Calls.class, Codes.class, FrontFilters.class)) {
      byte[] body = bytes("From=1");
      Map<String, String> signed = Http.signed("POST", "/hooks/a", body);
      for (String what : List.of("parameter", "stream", "part of it", "reader")) {
        Map<String, String> headers = new LinkedHashMap<>(signed);
        headers.put("Content-Type", Http.FORM);
        headers.put("Front", what);
        Http.Answer known = Http.send(app, "POST", "/hooks/a", headers, body);
        assertEquals(500, known.status());
        assertEquals("body_already_parsed", known.headers().get("code"), what);

        Http.Answer chunked = Http.sendChunked(app, "POST", "/hooks/a", headers, body);
        // Without a length nobody can tell that a part is gone; the signature does.
        boolean isPart = what.equals("part of it");
        assertEquals(
            isPart ? "signature_mismatch" : "body_already_parsed",
            chunked.headers().get("code"),
            what);
      }
      assertEquals(0, app.bean(Calls.class).called.get());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Timed {
    @Bean
    Clock clock() {
      return Clock.fixed(Instant.ofEpochSecond(1_700_000_100), ZoneOffset.UTC);
    }

    @VerifiedWebhook("payments")
    @PostMapping("/payments")
    String payments() {
      return "paid";
    }
  }

  @Test
  void theClockAndEveryPropertyAreUsed() throws Exception {
    Map<String, Object> properties = new LinkedHashMap<>();
    String prefix = "hookseal.webhook.payments.";
    properties.put(prefix + "scheme", "stripe");
    properties.put(prefix + "options.secret[0]", "whsec_old");
    properties.put(prefix + "options.secret[1]", "whsec_new");
    properties.put(prefix + "tolerance", "100s");
    properties.put(prefix + "max-body-size", "8B");
    properties.put(prefix + "require-https", "true");
    properties.put(prefix + "public-url", "https://example.com");
    properties.put(prefix + "allowed-ips", "127.0.0.0/8,192.0.2.1");
    try (App app = App.start(properties, Calls.class, Timed.class, Codes.class);
        Verifier sender = Verifier.builder("stripe").option("secret", "whsec_new").build()) {
      for (int age : new int[] {100, 101}) {
        Map<String, String> headers =
            sender.sign(
                io.hookseal.WebhookRequest.builder()
                    .method("POST")
                    .url("https://example.com/payments")
                    .body(bytes("{\"a\":1}"))
                    .now(Instant.ofEpochSecond(1_700_000_100 - age))
                    .build());
        Http.Answer answer = Http.send(app, "POST", "/payments", headers, bytes("{\"a\":1}"));
        if (age == 100) {
          assertEquals("paid", answer.body());
        } else {
          assertEquals("timestamp_too_old", answer.headers().get("code"));
        }
      }
      byte[] tooLong = bytes("123456789");
      Map<String, String> signed =
          sender.sign(
              io.hookseal.WebhookRequest.builder()
                  .method("POST")
                  .url("https://example.com/payments")
                  .body(tooLong)
                  .now(Instant.ofEpochSecond(1_700_000_100))
                  .build());
      Http.Answer large = Http.send(app, "POST", "/payments", signed, tooLong);
      assertEquals(413, large.status());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Opaque {
    @Bean
    TokenIntrospector introspector() {
      return token -> {
        if (token.equals("nobody-answers")) {
          throw new java.io.IOException("on purpose");
        }
        return "{\"active\":" + token.equals("good") + ",\"client_id\":\"sender\"}";
      };
    }

    @VerifiedWebhook("opaque")
    @PostMapping("/opaque")
    Object opaque(VerifiedEvent event) {
      return event.claims().get("client_id");
    }
  }

  @Test
  void anIntrospectorIsAskedWhereTheWebhookSaysSo() throws Exception {
    Map<String, Object> properties =
        Map.of(
            "hookseal.webhook.opaque.scheme", "bearer-jwt",
            "hookseal.webhook.opaque.options.introspection", "true");
    try (App app = App.start(properties, Calls.class, Opaque.class, Codes.class)) {
      Map<String, Integer> statuses = Map.of("good", 200, "bad", 401, "nobody-answers", 503);
      for (Map.Entry<String, Integer> status : statuses.entrySet()) {
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + status.getKey());
        Http.Answer answer = Http.send(app, "POST", "/opaque", bearer, bytes("{}"));
        assertEquals(status.getValue(), answer.status(), status.getKey());
        assertEquals(status.getValue() == 200 ? "sender" : REJECTED, answer.body());
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Tenants {
    @Bean(destroyMethod = "close")
    Verifier tenant() {
      return Verifier.builder("plivo")
          .option("auth_token", App.TOKEN)
          .publicUrl(App.PUBLIC_URL)
          .build();
    }

    @Bean
    WebhookSelector byPath(Verifier tenant) {
      return request ->
          switch (request.getRequestURI()) {
            case "/tenants/one" -> Optional.of(tenant);
            case "/tenants/broken" -> throw new ConfigurationException("a broken tenant");
            case "/tenants/fault" -> throw new IllegalStateException("a fault");
            default -> Optional.empty();
          };
    }

    @VerifiedWebhook
    @PostMapping("/tenants/{name}")
    String tenants() {
      return "tenant";
    }

    @VerifiedWebhook("tenant")
    @PostMapping("/bean")
    String bean() {
      return "bean";
    }
  }

  @Test
  void aSelectorChoosesPerRequest() throws Exception {
    try (App app = App.start(Calls.class, Tenants.class, Codes.class)) {
      assertEquals("tenant", Http.post(app, "/tenants/one", bytes("a=b")).body());
      assertEquals("bean", Http.post(app, "/bean", bytes("a=b")).body());
      assertEquals(404, Http.post(app, "/tenants/none", bytes("a=b")).status());
      Http.Answer broken = Http.post(app, "/tenants/broken", bytes("a=b"));
      assertEquals(500, broken.status());
      assertEquals("configuration", broken.headers().get("code"));
      Http.Answer fault = Http.post(app, "/tenants/fault", bytes("a=b"));
      assertEquals(500, fault.status());
      assertEquals("internal", fault.headers().get("code"));
      assertFalse(fault.body().contains("a fault"));
    }
  }
}
