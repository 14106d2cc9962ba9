package io.hookseal.spring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * One source of properties.
 *
 * @param source with the names that it has
 * @param isTorn whether names are those of environment variables, torn apart: {@code AUTH_TOKEN}
 * @param isShared whether others than this starter read what begins with {@code hookseal} there
 */
record PropertyLayer(IterableConfigurationPropertySource source, boolean isTorn, boolean isShared) {
  private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("hookseal");

  /** All sources, in the order in which they count. */
  static List<PropertyLayer> of(Environment environment) {
    Iterable<ConfigurationPropertySource> sources = ConfigurationPropertySources.get(environment);
    Set<ConfigurationPropertyName> names = new LinkedHashSet<>();
    for (ConfigurationPropertySource source : sources) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream().filter(ROOT::isAncestorOf).forEach(names::add);
      }
    }
    List<PropertyLayer> layers = new ArrayList<>();
    for (ConfigurationPropertySource source : sources) {
      layers.add(
          source instanceof IterableConfigurationPropertySource iterable
              ? of(iterable)
              : new PropertyLayer(asked(source, names), false, false));
    }
    return layers;
  }

  /** Of a source that does not tell its names: whatever it has of those that others have. */
  private static IterableConfigurationPropertySource asked(
      ConfigurationPropertySource source, Set<ConfigurationPropertyName> names) {
    MapConfigurationPropertySource asked = new MapConfigurationPropertySource();
    for (ConfigurationPropertyName name : names) {
      ConfigurationProperty property = source.getConfigurationProperty(name);
      if (property != null) {
        asked.put(name, property.getValue());
      }
    }
    return asked;
  }

  /** As Spring Boot decides what is the environment. */
  private static PropertyLayer of(IterableConfigurationPropertySource source) {
    Object underlying = source.getUnderlyingSource();
    String name = underlying instanceof PropertySource<?> properties ? properties.getName() : "";
    String environment = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    boolean isTorn =
        underlying instanceof SystemEnvironmentPropertySource
            && (name.equals(environment) || name.endsWith('-' + environment));
    String system = StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME;
    return new PropertyLayer(source, isTorn, isTorn || name.equals(system));
  }

  /** The names that begin with {@code hookseal}. */
  List<ConfigurationPropertyName> names() {
    return source.stream().filter(ROOT::isAncestorOf).toList();
  }
}
