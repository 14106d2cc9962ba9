package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;
import org.springframework.beans.PropertyMatches;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Rejects what nothing reads, wherever it stands. Spring can do so as well, but passes over system
 * properties and environment variables, and takes what is not named by them for a file.
 */
final class UnknownProperties {
  private UnknownProperties() {}

  /**
   * @param webhooks as they are bound, for their schemes
   * @throws ConfigurationException that names the property, and what may be meant
   */
  static void reject(Map<String, HooksealProperties.Webhook> webhooks, Environment environment) {
    for (PropertyLayer layer : PropertyLayer.of(environment)) {
      Set<ConfigurationPropertyName> names = new HashSet<>();
      for (ConfigurationPropertyName name : layer.names()) {
        if (!isKnown(name, layer)) {
          throw unknown(name, layer, webhooks);
        }
        // In the environment one name may begin another, and its options are compared later.
        if (!layer.isTorn() && (!names.add(name) || isAboveOthers(name, layer))) {
          GivenProperty given = GivenProperty.of(name, layer);
          throw new ConfigurationException(
              "the " + given.title() + " is given twice" + given.suffix());
        }
      }
    }
  }

  /** Whether it has a value and, in the same source, elements below. */
  private static boolean isAboveOthers(ConfigurationPropertyName name, PropertyLayer layer) {
    return WebhookProperty.WEBHOOK.isAncestorOf(name)
        && layer.source().containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
  }

  private static boolean isKnown(ConfigurationPropertyName name, PropertyLayer layer) {
    if (WebhookProperty.WEBHOOK.isAncestorOf(name)) {
      return !WebhookProperty.isOne(name) || WebhookProperty.isBound(name, layer.isTorn());
    }
    return WebhookProperty.WEBHOOK.equals(name) || layer.isShared() && !isNearlyWebhook(name);
  }

  /** Whether it is misspelt, also where an underscore is one too many. */
  private static boolean isNearlyWebhook(ConfigurationPropertyName name) {
    if (name.getNumberOfElements() < 3) {
      // It has no room for a webhook's property.
      return false;
    }
    StringBuilder beginning = new StringBuilder();
    for (int i = 1; i < Math.min(3, name.getNumberOfElements()); i++) {
      beginning.append(name.getElement(i, Form.UNIFORM));
      PropertyMatches matches =
          PropertyMatches.forField(beginning.toString(), HooksealProperties.class, 3 - i);
      if (matches.getPossibleMatches().length > 0 || beginning.indexOf("webhook") == 0) {
        return true;
      }
    }
    return false;
  }

  private static ConfigurationException unknown(
      ConfigurationPropertyName name,
      PropertyLayer layer,
      Map<String, HooksealProperties.Webhook> webhooks) {
    GivenProperty given = GivenProperty.of(name, layer);
    return new ConfigurationException(
        "nothing reads the "
            + given.title()
            + given.suffix()
            + meant(name, given.isVariable(), webhooks)
            + " There is hookseal.webhook.<name> with "
            + String.join(", ", WebhookProperty.names()));
  }

  private static String meant(
      ConfigurationPropertyName name,
      boolean isVariable,
      Map<String, HooksealProperties.Webhook> webhooks) {
    if (!WebhookProperty.isOne(name)) {
      return ".";
    }
    String prefix = HooksealProperties.WEBHOOK + '.' + WebhookProperty.webhook(name) + '.';
    UnaryOperator<String> spelled =
        isVariable
            ? meant -> (prefix + meant).replaceAll("[-.]", "_").toUpperCase(Locale.ROOT)
            : meant -> meant;
    String property = WebhookProperty.joined(name, "-");
    HooksealProperties.Webhook webhook = webhooks.get(WebhookProperty.webhook(name));
    if (!WebhookProperty.names().contains(property)
        && webhook != null
        && OptionSchema.of(webhook.getScheme()).knows(property)) {
      return "; did you mean " + spelled.apply(WebhookProperty.OPTIONS + '.' + property) + '?';
    }
    StringJoiner near = new StringJoiner(" or ", "; did you mean ", "?").setEmptyValue(".");
    PropertyMatches matches =
        PropertyMatches.forProperty(
            WebhookProperty.joined(name, ""), HooksealProperties.Webhook.class);
    for (String match : matches.getPossibleMatches()) {
      near.add(spelled.apply(DataObjectPropertyName.toDashedForm(match)));
    }
    return near.toString();
  }
}
