package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** A genuine delivery that something else refuses is not lost without a word. */
@ExtendWith(OutputCaptureExtension.class)
final class SecurityTest {
  private static final Map<String, Object> LOUD = Map.of("logging.level.root", "warn");

  @Configuration(proxyBeanMethods = false)
  @EnableWebSecurity
  static class Permitted {
    @Bean
    SecurityFilterChain permitted(HttpSecurity http) throws Exception {
      http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
      return http.build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableWebSecurity
  static class Exempted {
    @Bean
    SecurityFilterChain exempted(HttpSecurity http) throws Exception {
      http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
      http.csrf(csrf -> csrf.ignoringRequestMatchers("/hooks/**"));
      return http.build();
    }
  }

  @Test
  void theProtectionAgainstCsrfIsNamed(CapturedOutput output) throws Exception {
    try (App app = App.start(LOUD, Calls.class, Permitted.class)) {
      Http.Answer answer = Http.post(app, "/hooks/a?secret=1", bytes("From=1"));
      assertEquals(403, answer.status());
      assertEquals(0, app.bean(Calls.class).called.get());
      assertTrue(output.getOut().contains("webhook 'calls', POST /hooks/a was verified, but"));
      assertTrue(output.getOut().contains("CSRF"));
      assertTrue(output.getOut().contains("ignoringRequestMatchers"));
      assertFalse(output.getOut().contains("secret=1"));
    }
  }

  @Test
  void theFirewallIsNamed(CapturedOutput output) throws Exception {
    try (App app = App.start(LOUD, Calls.class, Exempted.class)) {
      assertEquals(400, Http.post(app, "/hooks/a;b=c", bytes("From=1")).status());
      assertTrue(output.getOut().contains("StrictHttpFirewall"));
    }
  }

  @Test
  void whatArrivesIsNotMentioned(CapturedOutput output) throws Exception {
    try (App app = App.start(LOUD, Calls.class, Exempted.class)) {
      assertEquals(200, Http.post(app, "/hooks/a", bytes("From=1")).status());
      assertEquals(405, Http.send(app, "PUT", "/hooks/a", Map.of(), bytes("")).status());
      assertFalse(output.getOut().contains("was verified, but"));
    }
    try (App app = App.start(LOUD, Calls.class)) {
      assertEquals("later plivo", Http.post(app, "/later", bytes("From=1")).body());
      assertFalse(output.getOut().contains("was verified, but"));
    }
  }

  @Test
  void aRefusalNamesItsWebhookAndPath(CapturedOutput output) throws Exception {
    try (App app = App.start(LOUD, Calls.class)) {
      String path = "/hooks/a%0d%0aINJECTED/" + "x".repeat(500);
      Http.send(app, "POST", path + "?token=SECRET", Map.of(), bytes(""));
      String log = output.getOut();
      assertTrue(log.contains("webhook 'calls' (plivo), POST /hooks/a%0d%0aINJECTED/xxx"), log);
      assertFalse(log.contains("SECRET"), log);
      assertFalse(log.contains("x".repeat(201)), log);
    }
  }
}
