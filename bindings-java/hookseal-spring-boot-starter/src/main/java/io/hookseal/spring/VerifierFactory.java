package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.TokenIntrospector;
import io.hookseal.Verifier;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the verifier of one configured webhook. */
final class VerifierFactory {
  /** How every complaint about an option begins. */
  private static final Pattern OPTION = Pattern.compile("^option `?([a-z0-9_]+)`?");

  private VerifierFactory() {}

  /**
   * @param clock null for the system's
   * @param introspector null where there is none
   * @throws ConfigurationException that names the property
   */
  static Verifier make(
      String name,
      HooksealProperties.Webhook webhook,
      Clock clock,
      TokenIntrospector introspector) {
    String prefix = HooksealProperties.WEBHOOK + '.' + name;
    try {
      return make(webhook, clock, introspector);
    } catch (ConfigurationException e) {
      Matcher option = OPTION.matcher(e.detail());
      String property = option.find() ? " (" + property(prefix, option.group(1)) + ')' : "";
      throw new ConfigurationException(prefix + ": " + e.detail() + property);
    }
  }

  private static Verifier make(
      HooksealProperties.Webhook webhook, Clock clock, TokenIntrospector introspector) {
    Verifier.Builder builder = Verifier.builder(webhook.getScheme()).clock(clock);
    OptionNames names = new OptionNames(webhook.getScheme());
    names
        .sort(webhook.getOptions())
        .forEach(
            (option, value) -> {
              boolean isSecret = names.isSecret(option).orElse(true);
              if (isSecret && value instanceof String text && text.contains(",")) {
                throw severalOrOne(option);
              }
              Object plain = plain(value, names.isGroup(option));
              builder.option(option, plain);
              if (option.equals("introspection") && Boolean.TRUE.equals(plain)) {
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
  }

  /** Spring takes a list for granted where there is a comma; a password may hold one. */
  private static ConfigurationException severalOrOne(String option) {
    return new ConfigurationException(
        "option "
            + option
            + " holds a comma, which separates nothing here: write each of several secrets as an"
            + " element, "
            + option.replace('_', '-')
            + "[0]=…, and a single one with a comma as well");
  }

  private static String property(String prefix, String option) {
    String kebab = option.replace('_', '-');
    return switch (option) {
      case "public_url", "trusted_proxies", "allowed_hosts", "allowed_ips", "require_https" ->
          prefix + '.' + kebab;
      case "tolerance" -> prefix + ".tolerance";
      case "max_body_bytes" -> prefix + ".max-body-size";
      default -> prefix + ".options." + kebab;
    };
  }

  /**
   * Undoes what binding to a map does: a list has become a map by position, and all of a properties
   * file is text.
   *
   * @param isGroup whether names inside are those of options, and not labels of secrets
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
      list.add(plain(map.get(Integer.toString(i)), false));
    }
    if (!list.isEmpty() && list.size() == map.size()) {
      return list;
    }
    Map<Object, Object> plain = new LinkedHashMap<>();
    map.forEach(
        (key, item) -> plain.put(isGroup ? OptionNames.snakeCase(key) : key, plain(item, false)));
    return plain;
  }
}
