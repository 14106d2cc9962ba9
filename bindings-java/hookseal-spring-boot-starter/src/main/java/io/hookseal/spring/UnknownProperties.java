package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses what nothing reads, wherever it stands. Spring can do so as well, but passes over system
 * properties and environment variables, and takes what is not named by them for a file.
 */
final class UnknownProperties {
  private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("hookseal");

  private static final ConfigurationPropertyName WEBHOOK =
      ConfigurationPropertyName.of(HooksealProperties.WEBHOOK);

  /** Where the name of a property begins: behind that of its webhook. */
  private static final int PROPERTY = WEBHOOK.getNumberOfElements() + 1;

  /** As environment variables have them: without dashes. */
  private static final Set<String> KNOWN =
      Set.of(
          "scheme",
          "publicurl",
          "trustedproxies",
          "allowedhosts",
          "allowedips",
          "requirehttps",
          "maxbodysize",
          "tolerance");

  private UnknownProperties() {}

  static void refuse(Environment environment) {
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(ROOT::isAncestorOf)
            .filter(
                name ->
                    WEBHOOK.isAncestorOf(name)
                        ? !isKnown(name)
                        : !WEBHOOK.equals(name) && !isShared(source))
            .findFirst()
            .ifPresent(name -> refuse(name, source));
      }
    }
  }

  /** Whether others than this starter read what begins with {@code hookseal} there. */
  private static boolean isShared(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource
        || source.getUnderlyingSource() instanceof PropertySource<?> properties
            && properties
                .getName()
                .equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
  }

  private static boolean isKnown(ConfigurationPropertyName name) {
    if (name.getNumberOfElements() <= PROPERTY) {
      return true;
    }
    if (name.getElement(PROPERTY, Form.UNIFORM).equals("options")) {
      return true;
    }
    String property =
        IntStream.range(PROPERTY, name.getNumberOfElements())
            .filter(i -> !name.isNumericIndex(i))
            .mapToObj(i -> name.getElement(i, Form.UNIFORM))
            .collect(Collectors.joining());
    return KNOWN.contains(property);
  }

  private static void refuse(ConfigurationPropertyName name, ConfigurationPropertySource source) {
    Object origin = source.getConfigurationProperty(name).getOrigin();
    throw new ConfigurationException(
        "nothing reads the property "
            + name
            + (origin == null ? "" : " (" + origin + ")")
            + ": there is hookseal.webhook.<name> with scheme, options, public-url,"
            + " trusted-proxies, allowed-hosts, allowed-ips, require-https, max-body-size and"
            + " tolerance");
  }
}
