package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.TokenIntrospector;
import io.hookseal.Verifier;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the verifier of one configured webhook. */
final class VerifierFactory {
  /** How every complaint about an option begins, and one about an option within another. */
  private static final Pattern OPTION =
      Pattern.compile("^option `?([\\w-]+)`?(?: is unknown to option (\\w+))?");

  /** The switch that asks for a {@link TokenIntrospector}. */
  private static final String INTROSPECTION = "introspection";

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
    return named(
        name,
        webhook,
        () -> {
          Map<String, Object> options = read(webhook);
          Verifier.Builder builder = Verifier.builder(webhook.getScheme()).clock(clock);
          if (OptionSchema.of(webhook.getScheme()).isOn(INTROSPECTION, options)) {
            builder.introspector(introspector);
          }
          return builder.options(options).build();
        });
  }

  /**
   * Every option of a webhook, whether it is a property or stands among {@code options}.
   *
   * @return values by name
   * @throws ConfigurationException that names the property
   */
  static Map<String, Object> options(String name, HooksealProperties.Webhook webhook) {
    return named(name, webhook, () -> read(webhook));
  }

  private static Map<String, Object> read(HooksealProperties.Webhook webhook) {
    Map<String, Object> options = OptionSchema.of(webhook.getScheme()).read(webhook.getOptions());
    for (Map.Entry<String, Object> property : webhook.values().entrySet()) {
      Object value = property.getValue();
      Object plain = value instanceof Duration time ? OptionText.seconds(time) : value;
      if (options.put(property.getKey(), plain) != null) {
        throw new ConfigurationException(
            "option " + property.getKey() + " is given twice, also among options");
      }
    }
    return options;
  }

  /** Adds which property a complaint is about. */
  static <T> T named(String name, HooksealProperties.Webhook webhook, Supplier<T> work) {
    String prefix = HooksealProperties.WEBHOOK + '.' + name;
    try {
      return work.get();
    } catch (ConfigurationException e) {
      Matcher option = OPTION.matcher(e.detail());
      String property = option.find() ? " (" + property(prefix, option, webhook) + ')' : "";
      throw new ConfigurationException(prefix + ": " + e.detail() + property);
    }
  }

  private static String property(String prefix, Matcher found, HooksealProperties.Webhook webhook) {
    String option = found.group(1);
    String group = found.group(2) == null ? "" : found.group(2).replace('_', '-') + '.';
    return webhook.values().containsKey(option)
        ? prefix + '.' + CommonProperties.names().get(option)
        : prefix + ".options." + group + option.replace('_', '-');
  }
}
