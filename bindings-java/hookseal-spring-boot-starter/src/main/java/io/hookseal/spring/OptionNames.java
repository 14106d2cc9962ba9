package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.Hookseal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The options of a scheme, by whatever form Spring gives their names: in kebab-case, in camelCase,
 * or torn apart where environment variables say {@code AUTH_TOKEN}.
 */
final class OptionNames {
  /**
   * What the catalogue says of each option, by its name without anything but letters and digits.
   */
  private final Map<String, Map<?, ?>> known;

  /**
   * @param scheme an id, or the JSON text of a custom scheme, of which nothing is known
   */
  OptionNames(String scheme) {
    this.known =
        Hookseal.schemes().stream()
            .filter(entry -> entry.get("id").equals(scheme))
            .flatMap(entry -> ((List<?>) entry.get("options")).stream())
            .map(option -> (Map<?, ?>) option)
            .collect(Collectors.toMap(option -> bare((String) option.get("name")), o -> o));
  }

  /** Kebab-case is what Spring's users write, snake_case what schemes say. */
  static String snakeCase(Object name) {
    return name.toString().replace('-', '_');
  }

  /** Whether an option holds a secret; empty where the option is not known. */
  Optional<Boolean> isSecret(String name) {
    return Optional.ofNullable(known.get(bare(name))).map(option -> (Boolean) option.get("secret"));
  }

  /**
   * Whether an option is an object of options. The names in any other object, such as labels and
   * claims, are left as they are.
   */
  boolean isGroup(String name) {
    Map<?, ?> option = known.get(bare(name));
    return option != null && Boolean.TRUE.equals(option.get("group"));
  }

  /**
   * The options by the names that the scheme has.
   *
   * @throws ConfigurationException where one is given twice, under two names
   */
  Map<String, Object> sort(Map<String, Object> options) {
    Map<String, Object> sorted = new LinkedHashMap<>();
    options.forEach((name, value) -> put(name, value, sorted));
    return sorted;
  }

  private void put(String name, Object value, Map<String, Object> sorted) {
    Object rest = value;
    if (value instanceof Map<?, ?> parts) {
      Map<Object, Object> others = new LinkedHashMap<>();
      parts.forEach(
          (part, inner) -> {
            String longer = name + '_' + part;
            if (isBeginning(longer)) {
              put(longer, inner, sorted);
            } else {
              others.put(part, inner);
            }
          });
      if (others.isEmpty() && !parts.isEmpty()) {
        return;
      }
      rest = others;
    }
    Map<?, ?> option = known.get(bare(name));
    String own = option == null ? snakeCase(name) : (String) option.get("name");
    if (sorted.put(own, rest) != null) {
      throw new ConfigurationException("option " + own + " is given twice, under two names");
    }
  }

  /** Whether some option is called that, or begins with it. */
  private boolean isBeginning(String name) {
    return known.keySet().stream().anyMatch(option -> option.startsWith(bare(name)));
  }

  private static String bare(String name) {
    return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
  }
}
