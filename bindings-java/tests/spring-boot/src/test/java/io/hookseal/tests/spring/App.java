package io.hookseal.tests.spring;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A running application on a free port. */
final class App implements AutoCloseable {
  static final String TOKEN = "my_auth_token";
  static final String PUBLIC_URL = "https://example.com";

  /** Whose auto-configurations take no part. */
  static final String EXCLUDE = "spring.autoconfigure.exclude";

  /** A map of environment variables. */
  static final String ENVIRONMENT = "test.environment";

  /** Refuses what it does not know, so it takes part where a test is about it. */
  static final String SECURITY =
      "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration,"
          + "org.springframework.boot.autoconfigure.security.servlet"
          + ".UserDetailsServiceAutoConfiguration";

  private static final String BYSTANDERS =
      SECURITY
          + ",org.springframework.boot.autoconfigure.data.rest.RepositoryRestMvcAutoConfiguration"
          + ",org.springframework.boot.data.rest.autoconfigure.DataRestAutoConfiguration";

  private final ConfigurableApplicationContext context;
  final int port;

  private App(ConfigurableApplicationContext context) {
    this.context = context;
    this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** Starts these sources with a webhook {@code calls}, and what else is set. */
  static App start(Map<String, Object> properties, Class<?>... sources) {
    Map<String, Object> all = new HashMap<>();
    all.put("server.port", 0);
    all.put("server.address", "127.0.0.1");
    all.put("spring.main.banner-mode", "off");
    all.put("logging.level.root", "warn");
    all.put(EXCLUDE, BYSTANDERS);
    all.put("hookseal.webhook.calls.scheme", "plivo");
    all.put("hookseal.webhook.calls.options.auth-token", TOKEN);
    all.put("hookseal.webhook.calls.public-url", PUBLIC_URL);
    all.putAll(properties);
    Object variables = all.remove(ENVIRONMENT);
    all.values().removeIf(Objects::isNull);
    SpringApplication application = new SpringApplication(sources);
    application.setDefaultProperties(all);
    if (variables instanceof Map<?, ?> map) {
      application.addInitializers(context -> addVariables(context, map));
    }
    application.addInitializers(context -> Servers.register((GenericApplicationContext) context));
    return new App(application.run());
  }

  @SuppressWarnings("unchecked") // The names of variables are texts.
  private static void addVariables(ConfigurableApplicationContext context, Map<?, ?> variables) {
    // By that name Spring knows how to read them.
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "test-systemEnvironment", (Map<String, Object>) variables));
  }

  static App start(Class<?>... sources) {
    return start(Map.of(), sources);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  @Override
  public void close() {
    context.close();
  }
}
