package io.hookseal.tests.spring;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.util.ClassUtils;

/** The servers that this generation of Spring Boot has, each where its factory is. */
final class Servers {
  static final String PROPERTY = "test.server";

  private static final Map<String, List<String>> FACTORIES =
      Map.of(
          "tomcat",
          List.of(
              "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory",
              "org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory"),
          "jetty",
          List.of(
              "org.springframework.boot.jetty.servlet.JettyServletWebServerFactory",
              "org.springframework.boot.web.embedded.jetty.JettyServletWebServerFactory"),
          "undertow",
          List.of(
              "org.springframework.boot.web.embedded.undertow.UndertowServletWebServerFactory"));

  private Servers() {}

  static List<String> names() {
    return Stream.of("tomcat", "jetty", "undertow")
        .filter(name -> factories(name).findAny().isPresent())
        .toList();
  }

  static boolean isUndertow(String server) {
    return server.equals("undertow");
  }

  /** Spring Boot would choose one of those on the class path. */
  static void register(GenericApplicationContext context) {
    String name = context.getEnvironment().getProperty(PROPERTY, "tomcat");
    Class<?> factory = ClassUtils.resolveClassName(factories(name).findFirst().orElseThrow(), null);
    context.registerBean("server", factory);
  }

  private static Stream<String> factories(String name) {
    return FACTORIES.get(name).stream().filter(type -> ClassUtils.isPresent(type, null));
  }
}
