package io.hookseal.tests.spring;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A running application on a free port. */
final class App implements AutoCloseable {
  static final String TOKEN = "my_auth_token";
  static final String PUBLIC_URL = "https://example.com";

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
    all.put("hookseal.webhook.calls.scheme", "plivo");
    all.put("hookseal.webhook.calls.options.auth-token", TOKEN);
    all.put("hookseal.webhook.calls.public-url", PUBLIC_URL);
    all.putAll(properties);
    SpringApplication application = new SpringApplication(sources);
    application.setDefaultProperties(all);
    return new App(application.run());
  }

  static App start(Class<?>... sources) {
    return start(Map.of(), sources);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  @Override
  public void close() {
    context.close();
  }
}
