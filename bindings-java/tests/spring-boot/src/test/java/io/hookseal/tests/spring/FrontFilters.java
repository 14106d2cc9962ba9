package io.hookseal.tests.spring;

import jakarta.servlet.Filter;
import java.io.IOException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** A filter in front of all that does with the body what the header {@code Front} says. */
@Configuration(proxyBeanMethods = false)
class FrontFilters {
  @Bean
  FilterRegistrationBean<Filter> front() {
    Filter filter =
        (request, response, chain) -> {
          String what = ((jakarta.servlet.http.HttpServletRequest) request).getHeader("Front");
          switch (what == null ? "" : what) {
            case "parameter" -> request.getParameter("x");
            case "stream" -> request.getInputStream().readAllBytes();
            case "part of it" -> read(request.getInputStream().read());
            case "reader" -> read(request.getReader().read());
            default -> {}
          }
          chain.doFilter(request, response);
        };
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  private static void read(int something) throws IOException {
    if (something < 0) {
      throw new IOException("nothing there");
    }
  }
}
