package io.hookseal.spring;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;

/**
 * A property as somebody wrote it.
 *
 * @param name as it stands in its source
 * @param isVariable whether it is an environment variable
 * @param place where it stands, empty where nobody knows
 */
record GivenProperty(String name, boolean isVariable, String place) {
  private static final String OPTIONS = '.' + WebhookProperty.OPTIONS + '.';
  private static final String VARIABLE_OPTIONS = "_OPTIONS_";

  static GivenProperty of(ConfigurationPropertyName name, PropertyLayer layer) {
    Origin origin = layer.source().getConfigurationProperty(name).getOrigin();
    return new GivenProperty(
        origin instanceof PropertySourceOrigin known ? known.getPropertyName() : name.toString(),
        layer.isTorn(),
        origin == null ? "" : origin.toString());
  }

  /**
   * The property that an option is of, in the source that counts.
   *
   * @param option the name of the option, within a group behind that of the group and a dot
   * @param schema the options that there are
   */
  static Optional<GivenProperty> of(
      String option, String webhook, OptionSchema schema, Environment environment) {
    String property = CommonProperties.names().getOrDefault(option, option);
    Set<String> wanted =
        Set.of(OptionSchema.bare(property), OptionSchema.bare(WebhookProperty.OPTIONS + option));
    for (PropertyLayer layer : PropertyLayer.of(environment)) {
      for (ConfigurationPropertyName name : layer.names()) {
        if (WebhookProperty.isOf(webhook, name)
            && WebhookProperty.isWithin(wanted, name)
            && !(layer.isTorn() && isOfAnother(wanted, name, schema))) {
          return Optional.of(of(name, layer));
        }
      }
    }
    return Optional.empty();
  }

  /** In the environment the name of one option may begin that of another. */
  private static boolean isOfAnother(
      Set<String> wanted, ConfigurationPropertyName name, OptionSchema schema) {
    String whole = WebhookProperty.joined(name, "");
    return !wanted.contains(whole)
        && whole.startsWith(WebhookProperty.OPTIONS)
        && schema.knows(whole.substring(WebhookProperty.OPTIONS.length()));
  }

  /** What it is and how it is called. */
  String title() {
    return (isVariable ? "environment variable " : "property ") + name;
  }

  /** Where it stands, behind a message; nothing where its name says all. */
  String suffix() {
    return isVariable || place.isEmpty() ? "" : " (" + place + ')';
  }

  /** What a message calls the option that it is of. */
  String option() {
    if (isVariable) {
      return name;
    }
    int options = name.indexOf(OPTIONS);
    int start = options < 0 ? name.lastIndexOf('.') + 1 : options + OPTIONS.length();
    return name.substring(start).replaceAll("(\\[\\d+])+$", "");
  }

  /** How another option would be written there, in the same manner. */
  String likewise(String option) {
    if (isVariable) {
      int options = name.toUpperCase(Locale.ROOT).indexOf(VARIABLE_OPTIONS);
      String before = options < 0 ? "" : name.substring(0, options + VARIABLE_OPTIONS.length());
      return before + option.replace('.', '_').toUpperCase(Locale.ROOT);
    }
    String own = option();
    if (own.contains("_")) {
      return option;
    }
    String dashed = option.replace('_', '-');
    return own.equals(own.toLowerCase(Locale.ROOT)) ? dashed : camelCase(dashed);
  }

  private static String camelCase(String dashed) {
    return Pattern.compile("-(.)")
        .matcher(dashed)
        .replaceAll(it -> it.group(1).toUpperCase(Locale.ROOT));
  }
}
