package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hookseal.Verifier;
import io.hookseal.spring.VerifiedWebhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What forwarded headers say counts where hookseal is told so, and nowhere else. */
final class ForwardedTest {
  static List<String> servers() {
    return Servers.names();
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Forms {
    @VerifiedWebhook("calls")
    @PostMapping("/form")
    String form() {
      return "form";
    }

    @VerifiedWebhook("behind")
    @PostMapping("/behind")
    String behind() {
      return "behind";
    }

    @VerifiedWebhook("near")
    @PostMapping("/near")
    String near() {
      return "near";
    }

    @VerifiedWebhook("trusting")
    @PostMapping("/trusting")
    String trusting() {
      return "trusting";
    }

    /** As the application sees it. */
    @GetMapping("/seen")
    String seen(jakarta.servlet.http.HttpServletRequest request) {
      return request.getScheme() + ' ' + request.getRemoteAddr() + ' ' + request.getRequestURI();
    }
  }

  private static Map<String, Object> properties(String server, String strategy) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(Servers.PROPERTY, server);
    properties.put("server.forward-headers-strategy", strategy);
    for (String name : List.of("behind", "near", "trusting")) {
      properties.put("hookseal.webhook." + name + ".scheme", "plivo");
      properties.put("hookseal.webhook." + name + ".options.auth-token", App.TOKEN);
    }
    properties.put("hookseal.webhook.behind.public-url", App.PUBLIC_URL + "/hooks");
    properties.put("hookseal.webhook.near.public-url", App.PUBLIC_URL);
    properties.put("hookseal.webhook.near.allowed-ips", "192.0.2.0/24");
    properties.put("hookseal.webhook.trusting.trusted-proxies", "127.0.0.1");
    properties.put("hookseal.webhook.trusting.allowed-hosts", "example.com");
    properties.put("hookseal.webhook.trusting.require-https", "true");
    return properties;
  }

  /** A request for {@code target} with a signature for {@code signed}. */
  private static int send(App app, String signed, String target, String... headers)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Host: internal:8080");
    all.add("Content-Length: 6");
    all.add("Content-Type: " + Http.FORM);
    Http.signed("POST", signed, bytes("From=1"))
        .forEach((name, value) -> all.add(name + ": " + value));
    return Http.raw(app, "POST " + target, all, bytes("From=1")).status();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void byNobodyOrByAFilter(String server) throws Exception {
    for (String strategy : List.of("none", "framework")) {
      try (App app = App.start(properties(server, strategy), Forms.class)) {
        String prefix = "X-Forwarded-Prefix: /v1/other";
        assertEquals(401, send(app, "/v1/other/form", "/form", prefix), strategy);
        assertEquals(200, send(app, "/form", "/form", prefix), strategy);
        // A proxy that strips what the public URL has.
        String stripped = "X-Forwarded-Prefix: /hooks";
        assertEquals(200, send(app, "/hooks/behind", "/behind", stripped), strategy);
        assertEquals(200, send(app, "/hooks/behind", "/behind"), strategy);
        assertEquals(401, send(app, "/hooks/hooks/behind", "/behind", stripped), strategy);

        assertEquals(403, send(app, "/near", "/near", "X-Forwarded-For: 192.0.2.1"), strategy);
        assertEquals(403, send(app, "/near", "/near", "Forwarded: for=192.0.2.1"), strategy);

        String[] proxy = {"X-Forwarded-Proto: https", "X-Forwarded-Host: example.com"};
        assertEquals(200, send(app, "/trusting", "/trusting", proxy), strategy);
        assertEquals(403, send(app, "/trusting", "/trusting", proxy[1]), strategy);

        List<String> head = List.of("Host: x", proxy[0], "X-Forwarded-For: 192.0.2.1", prefix);
        assertEquals(
            strategy.equals("none") ? "http 127.0.0.1 /seen" : "https 192.0.2.1 /v1/other/seen",
            Http.raw(app, "GET /seen", head, bytes("")).body());
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Beans {
    private static Verifier.Builder builder() {
      return Verifier.builder("plivo").option("auth_token", App.TOKEN);
    }

    @Bean
    Verifier near() {
      return builder().publicUrl(App.PUBLIC_URL).allowedIps(List.of("192.0.2.0/24")).build();
    }

    @Bean
    Verifier behind() {
      return builder().publicUrl(App.PUBLIC_URL + "/hooks").build();
    }

    @Bean
    Verifier trusting() {
      return builder().requireHttps(true).build();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void byTheServerItself(String server) throws Exception {
    Map<String, Object> properties =
        Map.of(Servers.PROPERTY, server, "server.forward-headers-strategy", "native");
    try (App app = App.start(properties, Forms.class, Beans.class)) {
      List<String> head =
          List.of("Host: x", "X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1");
      assertEquals("https 192.0.2.1 /seen", Http.raw(app, "GET /seen", head, bytes("")).body());

      assertEquals(200, send(app, "/form", "/form", "X-Forwarded-Prefix: /v1/other"));
      assertEquals(401, send(app, "/v1/other/form", "/form", "X-Forwarded-Prefix: /v1/other"));
      assertEquals(200, send(app, "/hooks/behind", "/behind", "X-Forwarded-Prefix: /hooks"));
      for (String header :
          List.of("X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "X-Other: 1")) {
        assertEquals(403, send(app, "/near", "/near", header));
      }
      String[] secure = {
        "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com", "Proxy-Ssl-Id: 1"
      };
      // Nothing tells how the request came, so it is no question of its own claim.
      assertEquals(400, send(app, "/trusting", "/trusting", secure));
    }
  }
}
