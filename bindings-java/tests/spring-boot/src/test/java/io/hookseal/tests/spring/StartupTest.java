package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.spring.VerifiedWebhook;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

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
  void anMvcConfigurationThatIgnoresOthersIsProtectedAsWell() throws Exception {
    try (App app = App.start(Calls.class, OwnMvc.class)) {
      assertEquals("later plivo", Http.post(app, "/later", Http.bytes("From=1")).body());
      assertEquals(401, Http.send(app, "POST", "/later", Map.of(), Http.bytes("")).status());
    }
  }

  @VerifiedWebhook("calls")
  static class OldHandler implements HttpRequestHandler {
    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class OldHandlers {
    @Bean("/old")
    OldHandler old() {
      return new OldHandler();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Routes {
    @Bean
    @VerifiedWebhook("calls")
    RouterFunction<ServerResponse> routes() {
      return RouterFunctions.route()
          .POST("/route", request -> ServerResponse.ok().body("route"))
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class RoutesOfAClass {
    @VerifiedWebhook("calls")
    static class Handler {
      ServerResponse handle(ServerRequest request) {
        return ServerResponse.ok().build();
      }
    }

    @Bean
    Handler handler() {
      return new Handler();
    }

    @Bean
    RouterFunction<ServerResponse> routes(Handler handler) {
      return RouterFunctions.route().POST("/route", handler::handle).build();
    }
  }

  static class Service {
    @VerifiedWebhook("calls")
    @EventListener
    public void on(ContextRefreshedEvent event) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Services {
    @Bean
    Service service() {
      return new Service();
    }
  }

  interface Contract {
    @VerifiedWebhook("calls")
    void receive(String message);
  }

  @Configuration(proxyBeanMethods = false)
  static class Contracts {
    @Bean
    Contract contract() {
      return message -> {};
    }

    @Bean
    @Lazy
    Service lazy() {
      return new Service();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Exceptions {
    @VerifiedWebhook("calls")
    @PostMapping("/x")
    void handle() {}

    @VerifiedWebhook("calls")
    @ExceptionHandler(IllegalStateException.class)
    void failed() {}
  }

  @Test
  void anAnnotationThatNothingHeeds() {
    for (Class<?> source :
        List.of(
            OldHandlers.class,
            Routes.class,
            RoutesOfAClass.class,
            Services.class,
            Contracts.class,
            Exceptions.class)) {
      startFails("is no handler method", Map.of(), Empty.class, source);
    }
  }

  @Test
  void aServerThatHidesItsConnections() {
    for (Map<String, Object> setting :
        List.<Map<String, Object>>of(
            Map.of("server.forward-headers-strategy", "native"),
            Map.of("server.tomcat.remoteip.remote-ip-header", "x-forwarded-for"),
            Map.of("spring.main.cloud-platform", "kubernetes"))) {
      Map<String, Object> properties = new HashMap<>(setting);
      properties.put("hookseal.webhook.calls.allowed-ips", "192.0.2.1");
      String allowed = "hookseal.webhook.calls.allowed-ips: needs";
      startFails(allowed, properties, Empty.class);
      startFails("server.forward-headers-strategy=framework", properties, Empty.class);
      properties.remove("hookseal.webhook.calls.allowed-ips");
      properties.put("hookseal.webhook.calls.trusted-proxies", "192.0.2.1");
      properties.put("hookseal.webhook.calls.allowed-hosts", "example.com");
      startFails("hookseal.webhook.calls.trusted-proxies: needs", properties, Empty.class);
      properties.put("hookseal.webhook.other.scheme", "github");
      properties.put("hookseal.webhook.other.options.secret", "s3cret of the tests");
      properties.put("hookseal.webhook.other.require-https", "true");
      properties.remove("hookseal.webhook.calls.trusted-proxies");
      properties.remove("hookseal.webhook.calls.allowed-hosts");
      startFails("hookseal.webhook.other.require-https", properties, Empty.class);
      properties.put("hookseal.webhook.other.public-url", "https://example.com");
      App.start(properties, Empty.class).close();
    }
    Map<String, Object> chosen =
        Map.of(
            "spring.main.cloud-platform", "kubernetes",
            "server.forward-headers-strategy", "framework",
            "hookseal.webhook.calls.allowed-ips", "192.0.2.1");
    App.start(chosen, Empty.class).close();
  }

  @Test
  void misspeltProperties() {
    String calls = "hookseal.webhook.calls.";
    for (String name : List.of("allowed-ip", "require-http", "max-body-bytes", "option.secret")) {
      startFails(calls + name, Map.of(calls + name, "1"), Empty.class);
    }
    startFails("hookseal.webhooks", Map.of("hookseal.webhooks.calls.scheme", "x"), Empty.class);
    System.setProperty(calls + "require-http", "true");
    try {
      startFails(calls + "require-http", Map.of(), Empty.class);
    } finally {
      System.clearProperty(calls + "require-http");
    }
    startFails(
        "HOOKSEAL_WEBHOOK_CALLS_ALLOWED_IP",
        Map.of(App.ENVIRONMENT, Map.of("HOOKSEAL_WEBHOOK_CALLS_ALLOWED_IP", "192.0.2.1")),
        Empty.class);
  }

  @Test
  void environmentVariables() throws Exception {
    for (String[] names :
        new String[][] {
          {"AUTH_TOKEN", "PUBLIC_URL"}, {"AUTHTOKEN", "PUBLICURL"}, {"AUTH_TOKEN_0", "PUBLIC_URL"}
        }) {
      String webhook = "HOOKSEAL_WEBHOOK_ENV_";
      Map<String, Object> environment =
          Map.of(
              webhook + "SCHEME",
              "plivo",
              webhook + "OPTIONS_" + names[0],
              App.TOKEN,
              webhook + names[1],
              App.PUBLIC_URL,
              "HOOKSEAL_SOMETHING_ELSE",
              "1");
      try (App app =
          App.start(Map.of(App.ENVIRONMENT, environment), Empty.class, OfTheEnvironment.class)) {
        assertEquals("env", Http.post(app, "/env", Http.bytes("a=b")).body());
        assertEquals(401, Http.send(app, "POST", "/env", Map.of(), Http.bytes("")).status());
      }
    }
    // Torn apart, with one name that begins another.
    String webhook = "HOOKSEAL_WEBHOOK_ENV_";
    Map<String, Object> tokens = new HashMap<>();
    tokens.put(webhook + "SCHEME", "bearer-jwt");
    tokens.put(webhook + "OPTIONS_ISSUER", "https://issuer.example");
    tokens.put(webhook + "OPTIONS_AUDIENCE", "https://audience.example");
    tokens.put(webhook + "OPTIONS_JWKS_URI", "https://issuer.example/keys");
    App.start(Map.of(App.ENVIRONMENT, tokens), Empty.class, OfTheEnvironment.class).close();
    tokens.put(webhook + "OPTIONS_JWKS_URL", "https://issuer.example/keys");
    String jwks = "option " + webhook + "OPTIONS_JWKS_URL: ";
    startFails(jwks, Map.of(App.ENVIRONMENT, tokens), Empty.class, OfTheEnvironment.class);
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class OfTheEnvironment {
    @VerifiedWebhook("env")
    @PostMapping("/env")
    String handle() {
      return "env";
    }
  }

  @Test
  void aSecretWithAComma() throws Exception {
    String token = "hookseal.webhook.calls.options.auth-token";
    startFails("auth-token[0]=", Map.of(token, "OLD,NEW"), Empty.class);
    startFails("option auth-token holds a comma", Map.of(token, "A,B"), Empty.class);
    Map<String, Object> list = new HashMap<>();
    list.put(token, null);
    list.put(token + "[0]", "one, with a comma");
    list.put(token + "[1]", App.TOKEN);
    try (App app = App.start(list, Calls.class)) {
      assertEquals("later plivo", Http.post(app, "/later", Http.bytes("From=1")).body());
    }
  }

  @Test
  void theReasonIsShort() {
    String calls = "hookseal.webhook.calls.";
    Map<Map<String, Object>, String> reasons =
        Map.of(
            Map.of(calls + "options.nosuch", "x"), "hookseal.webhook.calls.options.nosuch",
            Map.of(calls + "public-url", "example.com"), "hookseal.webhook.calls.public-url",
            Map.of(calls + "allowed-ip", "x"), calls + "allowed-ip");
    reasons.forEach(
        (properties, reason) -> {
          String log = logOf(() -> startFailsAloud(properties));
          assertTrue(log.contains("APPLICATION FAILED TO START"), log);
          assertTrue(log.contains(reason), log);
          assertFalse(log.contains("\tat "), log);
          assertTrue(log.lines().count() < 30, log);
        });
  }

  private static void startFailsAloud(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("logging.level.root", "error");
    assertThrows(Exception.class, () -> App.start(all, Empty.class).close());
  }

  private static String logOf(Runnable work) {
    PrintStream console = System.out;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setOut(console);
    }
    return log.toString(StandardCharsets.UTF_8);
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
    startFails("option auth-token", Map.of(prefix + "options.auth-token", " "), Empty.class);
    startFails("option public-url", Map.of(prefix + "public-url", "example.com"), Empty.class);
    startFails("nosuch", Map.of(prefix + "scheme", "nosuch"), Empty.class);
    String events = "hookseal.webhook.events.";
    startFails(
        "option entra.no-such is unknown",
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
