package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import java.util.HashSet;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Rejects blank values of properties, such as those of a variable that is not set. Spring makes
 * nothing of them, and takes nothing from another source either: the webhook would be open.
 */
final class BlankProperties {
  private BlankProperties() {}

  /**
   * @throws ConfigurationException that names the property
   */
  static void reject(Environment environment) {
    Set<String> decided = new HashSet<>();
    for (PropertyLayer layer : PropertyLayer.of(environment)) {
      Set<String> decidedHere = new HashSet<>();
      for (ConfigurationPropertyName name : layer.names()) {
        String property = WebhookProperty.isOne(name) ? WebhookProperty.path(name) : "";
        if (!property.isEmpty() && !decided.contains(property)) {
          Object value = layer.source().getConfigurationProperty(name).getValue();
          if (value instanceof CharSequence text
              && environment.resolvePlaceholders(text.toString()).isBlank()) {
            GivenProperty given = GivenProperty.of(name, layer);
            throw new ConfigurationException(
                "the "
                    + given.title()
                    + " is blank: give it a value, or remove it"
                    + given.suffix());
          }
          decidedHere.add(property);
        }
      }
      decided.addAll(decidedHere);
    }
  }
}
