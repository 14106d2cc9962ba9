package io.hookseal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Options by name, and what the generated methods set them with. Not thread-safe.
 *
 * @param <B> the class itself
 */
public abstract class OptionSet<B extends OptionSet<B>> {
  final Options options = new Options();

  /** Makes a set without options. */
  protected OptionSet() {}

  @SuppressWarnings("unchecked") // Each class names itself.
  final B self() {
    return (B) this;
  }

  /**
   * Sets one option. What is null is told when the options are used, by the option's name.
   *
   * @param name in snake_case
   * @param value as {@code option} of a builder takes it; or a Duration, an enum, or a collection
   *     of enums
   * @return this
   * @throws ConfigurationException where a Duration is no whole number of seconds
   */
  protected final B set(String name, Object value) {
    options.put(name, value instanceof Duration time ? seconds(name, time) : plain(value));
    return self();
  }

  /**
   * Sets an option that is made of options.
   *
   * @param <G> what sets these
   * @param name in snake_case
   * @param group without options
   * @param fill sets the options in it
   * @return this
   */
  protected final <G extends OptionSet<G>> B group(String name, G group, Consumer<? super G> fill) {
    if (fill == null) {
      return set(name, null);
    }
    fill.accept(group);
    return set(name, group.options.values());
  }

  /**
   * The arguments of a method that takes at least one.
   *
   * @param first one
   * @param more any others
   * @return all of them
   */
  protected static List<Object> listOf(Object first, Object[] more) {
    List<Object> list = new ArrayList<>();
    list.add(first);
    list.addAll(Arrays.asList(more));
    return list;
  }

  private static long seconds(String name, Duration time) {
    if (time.getNano() != 0) {
      throw new ConfigurationException("option `" + name + "` is no whole number of seconds");
    }
    return time.toSeconds();
  }

  /** An enum is its text. */
  private static Object plain(Object value) {
    if (value instanceof Enum<?>) {
      return value.toString();
    }
    if (value instanceof Collection<?> several) {
      return several.stream()
          .map(one -> one instanceof Enum<?> ? one.toString() : one)
          .collect(Collectors.toCollection(ArrayList::new));
    }
    return value;
  }

  /** Names the options and shows no value. */
  @Override
  public final String toString() {
    Class<?> outer = getClass().getEnclosingClass();
    String own = getClass().getSimpleName();
    return (outer == null ? own : outer.getSimpleName() + '.' + own) + options;
  }
}
