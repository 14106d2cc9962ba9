package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.Verifier;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the verifier of one configured webhook. */
final class VerifierFactory {
  private VerifierFactory() {}

  /**
   * @param clock null for the system's
   */
  static Verifier make(String name, HooksealProperties.Webhook webhook, Clock clock) {
    try {
      Verifier.Builder builder = Verifier.builder(webhook.getScheme()).clock(clock);
      // Kebab-case is what Spring's users write, snake_case what schemes say.
      webhook
          .getOptions()
          .forEach((option, value) -> builder.option(option.replace('-', '_'), plain(value)));
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
   * Undoes what binding to a map does: a list has become a map by position, and all of a properties
   * file is text.
   */
  private static Object plain(Object value) {
    if ("true".equals(value) || "false".equals(value)) {
      return Boolean.valueOf((String) value);
    }
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; map.containsKey(Integer.toString(i)); i++) {
      list.add(plain(map.get(Integer.toString(i))));
    }
    if (!list.isEmpty() && list.size() == map.size()) {
      return list;
    }
    Map<Object, Object> plain = new LinkedHashMap<>();
    map.forEach((key, item) -> plain.put(key, plain(item)));
    return plain;
  }
}
