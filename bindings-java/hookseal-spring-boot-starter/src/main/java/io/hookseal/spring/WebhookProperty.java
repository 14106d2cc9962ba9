package io.hookseal.spring;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The names of what stands behind that of a webhook. */
final class WebhookProperty {
  static final ConfigurationPropertyName WEBHOOK =
      ConfigurationPropertyName.of(HooksealProperties.WEBHOOK);

  static final String OPTIONS = "options";

  /** Where the name of a property begins: behind that of its webhook. */
  private static final int START = WEBHOOK.getNumberOfElements() + 1;

  private WebhookProperty() {}

  /** All that there are. */
  static Set<String> names() {
    Set<String> names = new LinkedHashSet<>(List.of("scheme", OPTIONS));
    names.addAll(CommonProperties.names().values());
    return names;
  }

  /** Whether a property of a webhook is named there, known or not, and none of its options. */
  static boolean isOne(ConfigurationPropertyName name) {
    return WEBHOOK.isAncestorOf(name)
        && name.getNumberOfElements() > START
        && !name.getElement(START, Form.UNIFORM).equals(OPTIONS);
  }

  /**
   * Whether Spring binds it: one element, and a position in a list only where there is a list.
   *
   * @param isTorn where an underscore of a variable may stand for a hyphen
   */
  static boolean isBound(ConfigurationPropertyName name, boolean isTorn) {
    boolean isElement = name.isNumericIndex(name.getNumberOfElements() - 1);
    int parts = name.getNumberOfElements() - START - (isElement ? 1 : 0);
    for (String known : names()) {
      boolean isSame =
          parts == 1
              ? known.replace("-", "").equals(name.getElement(START, Form.UNIFORM))
              : isTorn && known.equals(joined(name, "-")) && known.split("-").length == parts;
      if (isSame) {
        return !isElement || CommonProperties.lists().contains(known);
      }
    }
    return false;
  }

  /** The webhook and the property, the same however they are written. */
  static String path(ConfigurationPropertyName name) {
    return name.getElement(START - 1, Form.UNIFORM) + '.' + joined(name, "");
  }

  /** Whether it is of that webhook. */
  static boolean isOf(String webhook, ConfigurationPropertyName name) {
    return WEBHOOK.isAncestorOf(name)
        && name.getElement(START - 1, Form.UNIFORM).equals(OptionSchema.bare(webhook));
  }

  /** Whether it is one of the wanted names, or stands below one. */
  static boolean isWithin(Set<String> wanted, ConfigurationPropertyName name) {
    StringBuilder beginning = new StringBuilder();
    for (int i = START; i < name.getNumberOfElements(); i++) {
      beginning.append(name.getElement(i, Form.UNIFORM));
      if (wanted.contains(beginning.toString())) {
        return true;
      }
    }
    return false;
  }

  /** The name of the webhook. */
  static String webhook(ConfigurationPropertyName name) {
    return name.getElement(START - 1, Form.ORIGINAL);
  }

  /** What stands behind the name of the webhook, without positions in a list. */
  static String joined(ConfigurationPropertyName name, String between) {
    StringJoiner property = new StringJoiner(between);
    for (int i = START; i < name.getNumberOfElements(); i++) {
      if (!name.isNumericIndex(i)) {
        property.add(name.getElement(i, between.isEmpty() ? Form.UNIFORM : Form.DASHED));
      }
    }
    return property.toString();
  }
}
