package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.data.rest.webmvc.BasePathAwareController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Handlers are protected whichever mapping finds them. */
final class MappingsTest {
  private static final Map<String, String> FORM = Map.of("Content-Type", Http.FORM);

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Empty {}

  @BasePathAwareController
  static class DataRest {
    @VerifiedWebhook("calls")
    @PostMapping("/rest")
    ResponseEntity<String> rest(VerifiedEvent event) {
      return ResponseEntity.ok("rest " + event.scheme());
    }

    @VerifiedWebhook("calls")
    @PostMapping(path = "/conditional", params = "a=b")
    ResponseEntity<String> conditional() {
      return ResponseEntity.ok("conditional");
    }
  }

  @Test
  void thatOfSpringDataRest() throws Exception {
    Map<String, Object> withDataRest =
        Map.of(App.EXCLUDE, App.SECURITY, "spring.data.rest.base-path", "/api");
    try (App app = App.start(withDataRest, Empty.class, DataRest.class)) {
      assertTrue(Http.post(app, "/api/rest", bytes("a=b")).body().contains("rest plivo"));
      assertEquals(401, Http.send(app, "POST", "/api/rest", FORM, bytes("a=b")).status());
      assertEquals(401, Http.send(app, "POST", "/api/conditional", FORM, bytes("a=b")).status());
    }
  }

  /** Not a bean of a type that is scanned for. */
  static class Plain {
    int called;

    @VerifiedWebhook("calls")
    public ResponseEntity<String> handle(VerifiedEvent event) {
      called++;
      return ResponseEntity.ok("plain " + event.scheme());
    }

    @VerifiedWebhook("calls")
    public ResponseEntity<String> bare() {
      called++;
      return ResponseEntity.ok("bare");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Second {
    @Bean
    Plain plain() {
      return new Plain();
    }

    @Bean
    RequestMappingHandlerMapping second(Plain plain) throws Exception {
      RequestMappingHandlerMapping mapping =
          new RequestMappingHandlerMapping() {
            @Override
            protected boolean isHandler(Class<?> type) {
              return false;
            }
          };
      mapping.setOrder(-1);
      mapping.registerMapping(
          RequestMappingInfo.paths("/second/handle")
              .methods(RequestMethod.POST)
              .options(mapping.getBuilderConfiguration())
              .build(),
          plain,
          Plain.class.getMethod("handle", VerifiedEvent.class));
      mapping.registerMapping(
          RequestMappingInfo.paths("/second/conditional")
              .params("a=b")
              .options(mapping.getBuilderConfiguration())
              .build(),
          plain,
          Plain.class.getMethod("bare"));
      return mapping;
    }
  }

  @Test
  void aSecondOne() throws Exception {
    try (App app = App.start(Empty.class, Second.class)) {
      assertEquals("plain plivo", Http.post(app, "/second/handle", bytes("a=b")).body());
      assertEquals(401, Http.send(app, "POST", "/second/handle", FORM, bytes("a=b")).status());
      assertEquals(401, Http.send(app, "POST", "/second/conditional", FORM, bytes("a=b")).status());
      // In the query it is seen beforehand.
      assertEquals("bare", Http.post(app, "/second/conditional?a=b", bytes("x=y")).body());
      assertEquals(2, app.bean(Plain.class).called);
    }
  }

  /** Made when the application runs, so that nothing could check it at the start. */
  @Test
  void whatIsRegisteredLater() throws Exception {
    try (App app = App.start(Calls.class)) {
      RequestMappingHandlerMapping mapping =
          app.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
      mapping.registerMapping(
          RequestMappingInfo.paths("/late").options(mapping.getBuilderConfiguration()).build(),
          new Plain(),
          Plain.class.getMethod("bare"));
      assertEquals("bare", Http.post(app, "/late", bytes("a=b")).body());
      assertEquals(401, Http.send(app, "POST", "/late", FORM, bytes("a=b")).status());
    }
  }

  /** A mapping of its own kind, which knows nothing of interceptors. */
  static class StrangeMapping implements HandlerMapping, Ordered {
    private final Plain plain = new Plain();

    @Override
    public int getOrder() {
      return HIGHEST_PRECEDENCE;
    }

    @Override
    public HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
      return "/strange".equals(request.getRequestURI())
          ? new HandlerExecutionChain(new HandlerMethod(plain, "bare"))
          : null;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Strange {
    @Bean
    HandlerMapping strange() {
      return new StrangeMapping();
    }
  }

  @Test
  void oneOfItsOwnKind() throws Exception {
    try (App app = App.start(Empty.class, Strange.class)) {
      assertEquals("bare", Http.post(app, "/strange", bytes("a=b")).body());
      assertEquals(401, Http.send(app, "POST", "/strange", FORM, bytes("a=b")).status());
    }
  }
}
