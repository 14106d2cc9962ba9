package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.spring.VerifiedWebhook;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;

/** An application whose handlers would be unprotected does not start. */
final class StartupTest {
  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Empty {}

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class UnknownName {
    @VerifiedWebhook("nosuch")
    @PostMapping("/x")
    void handle() {}
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  @VerifiedWebhook
  static class NoSelector {
    @PostMapping("/x")
    void handle() {}
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class NoAnnotation {
    @PostMapping("/x")
    void handle(VerifiedEvent event) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class SameName {
    @Bean
    Verifier calls() {
      return Verifier.builder("plivo").option("auth_token", "another one").build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnMvc extends WebMvcConfigurationSupport {}

  private static void startFails(
      String because, Map<String, Object> properties, Class<?>... sources) {
    Map<String, Object> quiet = new HashMap<>(properties);
    quiet.put("logging.level.root", "off");
    Throwable error = assertThrows(Exception.class, () -> App.start(quiet, sources).close());
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      messages.append(cause).append('\n');
    }
    assertTrue(messages.toString().contains(because), messages::toString);
    assertFalse(messages.toString().contains(App.TOKEN), messages::toString);
  }

  @Test
  void aNameWithoutVerifier() {
    startFails("wants the webhook 'nosuch'", Map.of(), Empty.class, UnknownName.class);
    startFails(
        "wants the webhook 'nosuch'",
        Map.of("spring.main.lazy-initialization", "true"),
        Empty.class,
        UnknownName.class);
  }

  @Test
  void noNameWithoutSelector() {
    startFails("no WebhookSelector bean", Map.of(), Empty.class, NoSelector.class);
  }

  @Test
  void anEventWithoutAnnotation() {
    startFails("annotate it with @VerifiedWebhook", Map.of(), Empty.class, NoAnnotation.class);
  }

  @Test
  void oneNameTwice() {
    startFails("the webhook 'calls' is configured", Map.of(), Empty.class, SameName.class);
  }

  @Test
  void anMvcConfigurationThatIgnoresOthers() {
    startFails("WebMvcConfigurationSupport", Map.of(), Calls.class, OwnMvc.class);
  }

  @Test
  void optionsMayHaveOptions() {
    String entra = "hookseal.webhook.events.options.entra.";
    App.start(
            Map.of(
                "hookseal.webhook.events.scheme",
                "azure-event-grid",
                entra + "tenant",
                "a-tenant",
                entra + "audience",
                "an-audience",
                entra + "client-ids[0]",
                "one",
                entra + "client-ids[1]",
                "two",
                entra + "jwks-uri",
                "https://keys.example.com/"),
            Empty.class)
        .close();
  }

  @Test
  void wrongOptions() {
    String prefix = "hookseal.webhook.calls.";
    startFails("hookseal.webhook.calls: ", Map.of(prefix + "options.nosuch", "x"), Empty.class);
    startFails("nosuch", Map.of(prefix + "options.nosuch", "x"), Empty.class);
    startFails("auth_token", Map.of(prefix + "options.auth-token", " "), Empty.class);
    startFails("public_url", Map.of(prefix + "public-url", "example.com"), Empty.class);
    startFails("nosuch", Map.of(prefix + "scheme", "nosuch"), Empty.class);
    String events = "hookseal.webhook.events.";
    startFails(
        "no_such",
        Map.of(
            events + "scheme", "azure-event-grid",
            events + "options.entra.tenant", "a-tenant",
            events + "options.entra.audience", "an-audience",
            events + "options.entra.no-such", "x"),
        Empty.class);
    startFails(
        "hookseal.webhook.other", Map.of("hookseal.webhook.other.tolerance", "1s"), Empty.class);
  }
}
