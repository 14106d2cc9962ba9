package io.hookseal.spring;

import java.util.Optional;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Whether the server itself, below the servlet interface, puts what forwarded headers say in the
 * place of the peer and the scheme that it has.
 */
final class ForwardedHeaders {
  private static final String STRATEGY = "server.forward-headers-strategy";

  private ForwardedHeaders() {}

  /** The setting that makes it do so; empty where it does not. */
  static Optional<String> hideConnection(Environment environment) {
    for (String header : new String[] {"remote-ip-header", "protocol-header"}) {
      String property = "server.tomcat.remoteip." + header;
      if (StringUtils.hasText(environment.getProperty(property))) {
        return Optional.of(property);
      }
    }
    String strategy = environment.getProperty(STRATEGY);
    if (StringUtils.hasText(strategy)) {
      return strategy.equalsIgnoreCase("native")
          ? Optional.of(STRATEGY + "=native")
          : Optional.empty();
    }
    // As Spring Boot decides it.
    return Optional.ofNullable(CloudPlatform.getActive(environment))
        .filter(CloudPlatform::isUsingForwardHeaders)
        .map(platform -> STRATEGY + "=native (the default on " + platform + ")");
  }
}
