package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.Hookseal;
import io.hookseal.TokenIntrospector;
import io.hookseal.Verifier;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the verifier of one configured webhook. */
final class VerifierFactory {
  private VerifierFactory() {}

  /**
   * @param clock null for the system's
   * @param introspector null where there is none
   */
  static Verifier make(
      String name,
      HooksealProperties.Webhook webhook,
      Clock clock,
      TokenIntrospector introspector) {
    try {
      Verifier.Builder builder = Verifier.builder(webhook.getScheme()).clock(clock);
      Set<Object> groups = plainOptions(webhook.getScheme());
      webhook
          .getOptions()
          .forEach(
              (option, value) -> {
                String optionName = snakeCase(option);
                Object plain = plain(value, groups.contains(optionName));
                builder.option(optionName, plain);
                if (optionName.equals("introspection") && Boolean.TRUE.equals(plain)) {
                  builder.introspector(introspector);
                }
              });
      if (webhook.getPublicUrl() != null) {
        builder.publicUrl(webhook.getPublicUrl());
      }
      if (webhook.getTrustedProxies() != null) {
        builder.trustedProxies(webhook.getTrustedProxies());
      }
      if (webhook.getAllowedHosts() != null) {
        builder.allowedHosts(webhook.getAllowedHosts());
      }
      if (webhook.getAllowedIps() != null) {
        builder.allowedIps(webhook.getAllowedIps());
      }
      if (webhook.getRequireHttps() != null) {
        builder.requireHttps(webhook.getRequireHttps());
      }
      if (webhook.getMaxBodySize() != null) {
        builder.maxBodyBytes(webhook.getMaxBodySize().toBytes());
      }
      if (webhook.getTolerance() != null) {
        builder.tolerance(webhook.getTolerance());
      }
      return builder.build();
    } catch (ConfigurationException e) {
      throw new ConfigurationException("hookseal.webhook." + name + ": " + e.detail());
    }
  }

  /**
   * The options of a scheme that hold no secrets. What is inside them are options too, and not the
   * labels of several secrets.
   */
  private static Set<Object> plainOptions(String scheme) {
    return Hookseal.schemes().stream()
        .filter(known -> known.get("id").equals(scheme))
        .flatMap(known -> ((List<?>) known.get("options")).stream())
        .map(option -> (Map<?, ?>) option)
        .filter(option -> Boolean.FALSE.equals(option.get("secret")))
        .map(option -> option.get("name"))
        .collect(Collectors.toSet());
  }

  /** Kebab-case is what Spring's users write, snake_case what schemes say. */
  private static String snakeCase(Object name) {
    return name.toString().replace('-', '_');
  }

  /**
   * Undoes what binding to a map does: a list has become a map by position, and all of a properties
   * file is text.
   */
  private static Object plain(Object value, boolean isGroup) {
    if ("true".equals(value) || "false".equals(value)) {
      return Boolean.valueOf((String) value);
    }
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; map.containsKey(Integer.toString(i)); i++) {
      list.add(plain(map.get(Integer.toString(i)), isGroup));
    }
    if (!list.isEmpty() && list.size() == map.size()) {
      return list;
    }
    Map<Object, Object> plain = new LinkedHashMap<>();
    map.forEach((key, item) -> plain.put(isGroup ? snakeCase(key) : key, plain(item, isGroup)));
    return plain;
  }
}
