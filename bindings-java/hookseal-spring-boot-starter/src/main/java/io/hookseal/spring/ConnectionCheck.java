package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.env.Environment;

/**
 * Refuses what can't be known where the server hides its connections, see {@link ForwardedHeaders}:
 * with Jetty and Undertow anybody can write such a header, with Tomcat everybody in a private
 * network.
 */
final class ConnectionCheck {
  private static final Log LOG = LogFactory.getLog(ConnectionCheck.class);

  /** The options that judge the peer. */
  private static final List<String> OF_THE_CONNECTION = List.of("allowed_ips", "trusted_proxies");

  private ConnectionCheck() {}

  static void check(Map<String, HooksealProperties.Webhook> webhooks, Environment environment) {
    ForwardedHeaders.hideConnection(environment)
        .ifPresent(
            setting -> {
              Set<String> withoutUrl = new TreeSet<>();
              webhooks.forEach(
                  (name, webhook) -> check(name, webhook, environment, setting, withoutUrl));
              if (!withoutUrl.isEmpty()) {
                LOG.warn(
                    setting
                        + " hides by which scheme a request came: set public-url for "
                        + withoutUrl
                        + " where the signature covers the URL");
              }
            });
  }

  private static void check(
      String name,
      HooksealProperties.Webhook webhook,
      Environment environment,
      String setting,
      Set<String> withoutUrl) {
    Map<String, Object> options = VerifierFactory.options(name, webhook, environment);
    for (String option : OF_THE_CONNECTION) {
      if (options.containsKey(option) && !List.of().equals(options.get(option))) {
        throw hidden(name, CommonProperties.names().get(option), setting);
      }
    }
    if (!options.containsKey("public_url")) {
      if (Boolean.TRUE.equals(options.get("require_https"))) {
        throw hidden(name, "require-https without public-url", setting);
      }
      withoutUrl.add(name);
    }
  }

  private static ConfigurationException hidden(String name, String property, String setting) {
    return new ConfigurationException(
        HooksealProperties.WEBHOOK
            + '.'
            + name
            + '.'
            + property
            + ": needs what the server knows of its connection, and "
            + setting
            + " puts what a header says in the place of that. Set"
            + " server.forward-headers-strategy=framework (or none), and name the proxies in"
            + " trusted-proxies");
  }
}
