package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.spring.HooksealAutoConfiguration;
import io.hookseal.spring.HooksealOutsideMvcAutoConfiguration;
import io.hookseal.spring.VerifiedWebhook;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where there is no Spring MVC, nothing would heed the annotation, so it is refused. */
final class OutsideMvcTest {
  private static final AutoConfigurations STARTER =
      AutoConfigurations.of(
          HooksealAutoConfiguration.class, HooksealOutsideMvcAutoConfiguration.class);

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Hooks {
    @VerifiedWebhook("calls")
    @PostMapping("/calls")
    void call() {}
  }

  static class Service {
    @VerifiedWebhook("calls")
    public void receive(String message) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Services {
    @Bean
    Service service() {
      return new Service();
    }
  }

  private static void check(
      AbstractApplicationContextRunner<?, ?, ?> runner, Class<?> source, boolean isRefused) {
    runner
        .withConfiguration(STARTER)
        .withUserConfiguration(source)
        .run(
            context -> {
              Throwable failure = context.getStartupFailure();
              if (isRefused) {
                assertNotNull(failure);
                assertTrue(failure.toString().contains("only works with Spring MVC"));
                assertTrue(failure.toString().contains("WebFlux"));
              } else {
                assertNull(failure);
              }
            });
  }

  @Test
  void aReactiveApplication() {
    ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner();
    check(runner, Hooks.class, true);
    check(runner, Services.class, true);
    check(runner, Object.class, false);
    check(runner.withPropertyValues("hookseal.webhook.calls.scheme=github"), Object.class, true);
  }

  @Test
  void noWebApplication() {
    ApplicationContextRunner runner = new ApplicationContextRunner();
    check(runner, Services.class, true);
    // Nobody calls a controller there, as in a test of something else.
    check(runner, Hooks.class, false);
    check(runner.withPropertyValues("hookseal.webhook.calls.scheme=github"), Object.class, false);
  }
}
