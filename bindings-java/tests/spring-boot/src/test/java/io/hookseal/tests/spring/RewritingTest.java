package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import jakarta.servlet.Filter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.HiddenHttpMethodFilter;
import org.springframework.web.filter.UrlHandlerFilter;
import org.springframework.web.servlet.ModelAndView;

/**
 * Filters and handlers that make another request of the one that came: what is verified is the one
 * that came, and no handler runs without that.
 */
final class RewritingTest {
  static List<String> servers() {
    return Servers.names();
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Hooks {
    @VerifiedWebhook("calls")
    @RequestMapping("/hooks/{name}")
    String hook(VerifiedEvent event) {
      return "hook " + event.payload().length;
    }

    @VerifiedWebhook("calls")
    @PutMapping("/put")
    String put(VerifiedEvent event) {
      return "put " + event.payload().length;
    }

    @VerifiedWebhook("other")
    @PostMapping("/other")
    String other() {
      return "other";
    }

    @PostMapping("/forward")
    ModelAndView forward() {
      return new ModelAndView("forward:/hooks/x");
    }

    @VerifiedWebhook("calls")
    @PostMapping("/forward-to-other")
    ModelAndView toOther() {
      return new ModelAndView("forward:/other");
    }

    @PostMapping("/include")
    void include(
        jakarta.servlet.http.HttpServletRequest request,
        jakarta.servlet.http.HttpServletResponse response)
        throws Exception {
      response.getWriter().write("page ");
      request.getRequestDispatcher("/hooks/x").include(request, response);
    }
  }

  private static FilterRegistrationBean<Filter> at(int order, Filter filter) {
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
    registration.setOrder(order);
    return registration;
  }

  @Configuration(proxyBeanMethods = false)
  static class SlashesInFront {
    @Bean
    FilterRegistrationBean<Filter> slashes() {
      return at(
          Ordered.HIGHEST_PRECEDENCE,
          UrlHandlerFilter.trailingSlashHandler("/**").wrapRequest().build());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class SlashesBehind {
    @Bean
    FilterRegistrationBean<Filter> slashes() {
      return at(0, UrlHandlerFilter.trailingSlashHandler("/**").wrapRequest().build());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Methods {
    @Bean
    FilterRegistrationBean<Filter> methods() {
      return at(0, new HiddenHttpMethodFilter());
    }
  }

  /** A filter that forwards before hookseal's can see anything. */
  @Configuration(proxyBeanMethods = false)
  static class ForwardInFront {
    @Bean
    FilterRegistrationBean<Filter> front() {
      return at(
          Ordered.HIGHEST_PRECEDENCE,
          (request, response, chain) -> {
            if (((jakarta.servlet.http.HttpServletRequest) request).getHeader("Away") == null) {
              chain.doFilter(request, response);
            } else {
              request.getRequestDispatcher("/hooks/x").forward(request, response);
            }
          });
    }
  }

  private static Map<String, Object> properties(String server) {
    return Map.of(
        Servers.PROPERTY,
        server,
        "hookseal.webhook.other.scheme",
        "plivo",
        "hookseal.webhook.other.options.auth-token",
        "another token of the tests");
  }

  private static Http.Answer unsigned(App app, String target, String body) throws Exception {
    return Http.send(app, "POST", target, Map.of("Content-Type", Http.FORM), bytes(body));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aTrailingSlash(String server) throws Exception {
    for (Class<?> where : List.of(SlashesInFront.class, SlashesBehind.class)) {
      try (App app = App.start(properties(server), Hooks.class, where)) {
        assertEquals("hook 6", Http.post(app, "/hooks/a/?q=1", bytes("From=1")).body());
        assertEquals("hook 6", Http.post(app, "/hooks/a?q=1", bytes("From=1")).body());
        assertEquals(401, unsigned(app, "/hooks/a/", "From=1").status());
        Map<String, String> other =
            new LinkedHashMap<>(Http.signed("POST", "/hooks/a", bytes("From=1")));
        other.put("Content-Type", Http.FORM);
        Http.Answer answer = Http.send(app, "POST", "/hooks/a/", other, bytes("From=1"));
        assertEquals(401, answer.status());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void anotherMethod(String server) throws Exception {
    try (App app = App.start(properties(server), Hooks.class, Methods.class)) {
      assertEquals(401, unsigned(app, "/put?_method=put", "").status());
      assertEquals(401, unsigned(app, "/put", "_method=put").status());
      assertEquals(401, unsigned(app, "/hooks/a", "_method=put").status());
      // Signed as the POST that it was.
      assertEquals("put 0", Http.post(app, "/put?_method=put", bytes("")).body());
      assertEquals("hook 11", Http.post(app, "/hooks/a", bytes("_method=put")).body());
      // The filter that looked for the method has read the body.
      assertEquals(500, Http.post(app, "/put", bytes("_method=put")).status());
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aForward(String server) throws Exception {
    try (App app = App.start(properties(server), Hooks.class, ForwardInFront.class)) {
      assertEquals("hook 6", Http.post(app, "/forward?q=1", bytes("From=1")).body());
      assertEquals(401, unsigned(app, "/forward?q=1", "From=1").status());
      // The signature has to be for what was called.
      Map<String, String> other = Http.signed("POST", "/hooks/x", bytes(""));
      assertEquals(401, Http.send(app, "POST", "/forward", other, bytes("")).status());
      // That of one webhook is none for another.
      assertEquals(401, Http.post(app, "/forward-to-other", bytes("From=1")).status());
      assertEquals(401, unsigned(app, "/forward-to-other", "").status());
      Http.Answer included = unsigned(app, "/include", "");
      assertEquals(false, included.body().contains("hook 0"), included::toString);
      Http.Answer away = Http.send(app, "POST", "/hooks/a", Map.of("Away", "1"), bytes("From=1"));
      assertEquals(500, away.status());
      Map<String, String> signed = new LinkedHashMap<>(Http.signed("POST", "/hooks/a", bytes("")));
      signed.put("Away", "1");
      assertEquals(500, Http.send(app, "POST", "/hooks/a", signed, bytes("")).status());
    }
  }
}
