package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import io.hookseal.spring.WebhookRejectionHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** What is no delivery, and what a refusal tells besides its status. */
final class HandshakeTest {
  private static final String REJECTED = "{\"error\":\"webhook_rejected\"}";
  private static final String VALIDATION =
      "[{\"id\":\"1\",\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\","
          + "\"data\":{\"validationCode\":\"CODE-\u00e9\"}}]";

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Events {
    final List<String> seen = new CopyOnWriteArrayList<>();

    @Bean
    WebhookRejectionHandler rejectionHandler() {
      return (error, request, response) -> seen.add(error.code().text());
    }

    @VerifiedWebhook("events")
    @RequestMapping(
        path = "/events",
        method = {RequestMethod.POST, RequestMethod.OPTIONS})
    String events(VerifiedEvent event) {
      seen.add("called");
      return "called";
    }

    @VerifiedWebhook("events")
    @PostMapping("/post-only")
    void postOnly() {
      seen.add("called");
    }

    @VerifiedWebhook("basic")
    @PostMapping("/basic")
    String basic(VerifiedEvent event) {
      return event.replayKey().isPresent() + " " + event.keyId();
    }
  }

  private static App app;
  private List<String> seen;

  @BeforeAll
  static void start() {
    String events = "hookseal.webhook.events.";
    String basic = "hookseal.webhook.basic.";
    app =
        App.start(
            Map.of(
                events + "scheme", "azure-event-grid",
                events + "options.url-token", "URL-TOKEN-of-the-test",
                events + "options.subscription-names[0]", "mine",
                events + "options.subscription-names[1]", "other",
                basic + "scheme", "basic",
                basic + "options.username", "user",
                basic + "options.password.some-label", "PASSWORD-of-the-test"),
            Events.class);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void reset() {
    seen = app.bean(Events.class).seen;
    seen.clear();
  }

  private static Http.Answer send(String method, String token, String body, String... header)
      throws Exception {
    Map<String, String> headers = new java.util.LinkedHashMap<>();
    for (int i = 0; i < header.length; i += 2) {
      headers.put(header[i], header[i + 1]);
    }
    return Http.send(app, method, "/events?token=" + token, headers, bytes(body));
  }

  @Test
  void aValidationIsAnsweredAndNoDelivery() throws Exception {
    Http.Answer answer =
        send(
            "POST",
            "URL-TOKEN-of-the-test",
            VALIDATION,
            "aeg-event-type",
            "SubscriptionValidation",
            "aeg-subscription-name",
            "MINE");
    assertEquals(200, answer.status());
    byte[] expected = bytes("{\"validationResponse\":\"CODE-\u00e9\"}");
    assertEquals(new String(expected, "ISO-8859-1"), answer.body());
    assertEquals("application/json", answer.headers().get("content-type"));
    assertEquals(Integer.toString(expected.length), answer.headers().get("content-length"));
    assertNull(answer.headers().get("transfer-encoding"));
    assertEquals(List.of(), seen);
  }

  @Test
  void aValidationOfSomebodyElseIsRefused() throws Exception {
    Http.Answer stranger =
        send(
            "POST",
            "URL-TOKEN-of-the-test",
            VALIDATION,
            "aeg-event-type",
            "SubscriptionValidation",
            "aeg-subscription-name",
            "theirs");
    assertEquals(403, stranger.status());
    assertEquals(REJECTED, stranger.body());
    Http.Answer noToken =
        send("POST", "wrong", VALIDATION, "aeg-event-type", "SubscriptionValidation");
    assertEquals(401, noToken.status());
    assertEquals(List.of("token_mismatch", "token_mismatch"), seen);
  }

  @Test
  void optionsReachTheVerifierWhereTheHandlerAsksForThem() throws Exception {
    String origin = "WebHook-Request-Origin";
    Http.Answer answer =
        send(
            "OPTIONS",
            "URL-TOKEN-of-the-test",
            "",
            origin,
            "eventgrid.azure.net",
            "WebHook-Request-Rate",
            "100");
    assertEquals(200, answer.status());
    assertEquals("", answer.body());
    assertEquals("0", answer.headers().get("content-length"));
    assertEquals("POST", answer.headers().get("allow"));
    assertEquals("eventgrid.azure.net", answer.headers().get("webhook-allowed-origin"));
    assertEquals("100", answer.headers().get("webhook-allowed-rate"));
    assertEquals(List.of(), seen);

    Http.Answer stranger = send("OPTIONS", "URL-TOKEN-of-the-test", "", origin, "evil.example.com");
    assertEquals(405, stranger.status());
    assertNull(stranger.headers().get("webhook-allowed-origin"));
    assertEquals(REJECTED, stranger.body());
    assertEquals(List.of("token_mismatch"), seen);

    Http.Answer mvc = Http.send(app, "OPTIONS", "/post-only", Map.of(origin, "x"), bytes(""));
    assertNull(mvc.headers().get("webhook-allowed-origin"));
    assertEquals(List.of("token_mismatch"), seen, "Spring MVC answers by itself");
  }

  @Test
  void aDeliveryReachesTheHandler() throws Exception {
    Http.Answer answer = send("POST", "URL-TOKEN-of-the-test", "[{\"eventType\":\"a\"}]");
    assertEquals("called", answer.body());
    assertEquals(List.of("called"), seen);
  }

  @Test
  void aRefusalMayAskForCredentials() throws Exception {
    Http.Answer none = Http.send(app, "POST", "/basic", Map.of(), bytes(""));
    assertEquals(401, none.status());
    assertEquals(
        "Basic realm=\"webhook\", charset=\"UTF-8\"", none.headers().get("www-authenticate"));
    assertEquals(REJECTED, none.body());
    String credentials =
        java.util.Base64.getEncoder().encodeToString(bytes("user:PASSWORD-of-the-test"));
    Http.Answer right =
        Http.send(
            app, "POST", "/basic", Map.of("Authorization", "Basic " + credentials), bytes(""));
    assertEquals("false some-label", right.body());
    assertNull(right.headers().get("www-authenticate"));
  }
}
