package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.Hookseal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Options by whatever form Spring gives their names: in kebab-case, in camelCase, or torn apart
 * where environment variables say {@code AUTH_TOKEN}. The catalogue tells what they are called and
 * what they take.
 */
final class OptionSchema {
  /** What the catalogue says of each option, by its bare name. */
  private final Map<String, Map<?, ?>> known = new LinkedHashMap<>();

  /** Whether these are all options that there can be. */
  private final boolean isComplete;

  private OptionSchema(boolean isComplete) {
    this.isComplete = isComplete;
  }

  /**
   * The options of a scheme.
   *
   * @param scheme an id, or the JSON text of a custom scheme, of which those options are known that
   *     bear the name of one in the catalogue
   */
  static OptionSchema of(String scheme) {
    OptionSchema own = new OptionSchema(true);
    OptionSchema all = new OptionSchema(false);
    for (Map<String, Object> entry : Hookseal.schemes()) {
      for (Object option : (List<?>) entry.get("options")) {
        all.add(option);
        if (entry.get("id").equals(scheme)) {
          own.add(option);
        }
      }
    }
    return own.known.isEmpty() ? all : own;
  }

  /** The options that a group is made of. */
  static OptionSchema ofGroup(Map<?, ?> group) {
    OptionSchema members = new OptionSchema(true);
    ((List<?>) group.get("members")).forEach(members::add);
    return members;
  }

  private void add(Object entry) {
    Map<?, ?> option = (Map<?, ?>) entry;
    known.putIfAbsent(bare((String) option.get("name")), option);
  }

  /** Whether there is an option of that name, in any form, or one within another. */
  boolean knowsAlsoWithin(String name) {
    return knows(name)
        || known.values().stream()
            .anyMatch(option -> "group".equals(option.get("kind")) && ofGroup(option).knows(name));
  }

  /** Whether there is an option of that name, in any form. */
  boolean knows(String name) {
    return known.containsKey(bare(name));
  }

  /**
   * The options by the names that the scheme has, with values as it takes them.
   *
   * @throws ConfigurationException where one is given twice, under two names
   */
  Map<String, Object> read(Map<?, ?> given) {
    Map<String, Object> read = named(given, false);
    read.replaceAll((name, value) -> OptionText.read(name, known.get(bare(name)), value));
    return read;
  }

  /**
   * The options by the names that the scheme has, with values as they are.
   *
   * @param isTorn whether they come from the environment, where {@code AUTH_TOKEN} is one name
   * @throws ConfigurationException where one is given twice, under two names
   */
  Map<String, Object> named(Map<?, ?> given, boolean isTorn) {
    Map<String, Object> named = new LinkedHashMap<>();
    given.forEach((name, value) -> name(name.toString(), isTorn, value, named));
    named.replaceAll(
        (name, value) ->
            is("group", name) && value instanceof Map<?, ?> members
                ? ofGroup(known.get(bare(name))).named(members, isTorn)
                : value);
    return named;
  }

  private void name(String name, boolean isTorn, Object value, Map<String, Object> named) {
    Object rest = value;
    if (isTorn && value instanceof Map<?, ?> parts) {
      Map<Object, Object> others = new LinkedHashMap<>();
      parts.forEach(
          (part, inner) -> {
            String longer = name + '_' + part;
            // A misspelt name stays whole: whoever reads of it knows it by that.
            boolean isMisspelt = isComplete && !knows(name) && !isIndex(part);
            if (isMisspelt || isBeginning(longer)) {
              name(longer, true, inner, named);
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
    String own = option == null ? name.replace('-', '_') : (String) option.get("name");
    Object before = named.putIfAbsent(own, rest);
    if (before != null && !before.equals(rest)) {
      throw new ConfigurationException("option " + own + " is given twice, under two names");
    }
  }

  /**
   * Adds the options of a source that counts less. One that is there stays whole; only groups are
   * filled up by member, and claims, each of which demands more, by claim.
   */
  void addBehind(Map<String, Object> options, Map<String, Object> further) {
    further.forEach((name, value) -> options.merge(name, value, (a, b) -> merged(name, a, b)));
  }

  private Object merged(String name, Object value, Object further) {
    if (!(value instanceof Map<?, ?> map) || !(further instanceof Map<?, ?> more)) {
      return value;
    }
    if (is("claims", name)) {
      Map<Object, Object> claims = new LinkedHashMap<>(more);
      claims.putAll(map);
      return claims;
    }
    if (is("group", name)) {
      OptionSchema members = ofGroup(known.get(bare(name)));
      Map<String, Object> group = members.named(map, false);
      members.addBehind(group, members.named(more, false));
      return group;
    }
    return value;
  }

  /** Whether a switch is on, also that of a group. */
  boolean isOn(String name, Map<?, ?> options) {
    return Boolean.TRUE.equals(options.get(name))
        || options.entrySet().stream()
            .anyMatch(
                entry ->
                    is("group", (String) entry.getKey())
                        && entry.getValue() instanceof Map<?, ?> members
                        && ofGroup(known.get(bare((String) entry.getKey()))).isOn(name, members));
  }

  private boolean is(String kind, String name) {
    Map<?, ?> option = known.get(bare(name));
    return option != null && kind.equals(option.get("kind"));
  }

  /** Whether some option is called that, or begins with it. */
  private boolean isBeginning(String name) {
    return known.keySet().stream().anyMatch(option -> option.startsWith(bare(name)));
  }

  private static boolean isIndex(Object part) {
    return part.toString().chars().allMatch(Character::isDigit);
  }

  /** What is left of a name where its spelling does not count. */
  static String bare(String name) {
    return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
  }
}
