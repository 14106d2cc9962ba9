package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.TokenIntrospector;
import io.hookseal.Verifier;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.core.env.Environment;

/** Makes the verifier of one configured webhook. */
final class VerifierFactory {
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
      Environment environment,
      Clock clock,
      TokenIntrospector introspector) {
    return named(
        name,
        webhook,
        environment,
        () -> {
          if (webhook.getScheme() == null) {
            throw new ConfigurationException(
                "there is no scheme: set "
                    + HooksealProperties.WEBHOOK
                    + '.'
                    + name
                    + ".scheme to the id of one");
          }
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
  static Map<String, Object> options(
      String name, HooksealProperties.Webhook webhook, Environment environment) {
    return named(name, webhook, environment, () -> read(webhook));
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
  static <T> T named(
      String name, HooksealProperties.Webhook webhook, Environment environment, Supplier<T> work) {
    try {
      return work.get();
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          new OptionMessage(name, webhook, environment).of(e.detail()));
    }
  }
}
