package io.hookseal;

import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;

/**
 * Collects options by name. Not thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class OptionsBuilder<B extends OptionsBuilder<B>> {
  private final Options options = new Options();
  private InstantSource clock;

  abstract B self();

  /**
   * Sets one option.
   *
   * @param name in snake_case, as the documentation has it
   * @param value a String, a byte[], a whole number or a Boolean; a collection or an array of
   *     these; or a map of secrets by label, or of an option's own options
   * @return this
   */
  public B option(String name, Object value) {
    options.put(name, value);
    return self();
  }

  /**
   * Sets several options, see {@link #option}.
   *
   * @param options values by name
   * @return this
   */
  public final B options(Map<String, ?> options) {
    options.forEach(this::option);
    return self();
  }

  /**
   * The clock that times are judged by and made with, for tests. A {@link java.time.Clock} is one.
   *
   * @param clock null for the system's
   * @return this
   */
  public final B clock(InstantSource clock) {
    this.clock = clock;
    return self();
  }

  /** Null for the system's. */
  final InstantSource clock() {
    return clock;
  }

  /** Hands the options to {@code make} as JSON, which is wiped afterwards. */
  final <T> T make(Function<byte[], T> make) {
    return options.apply(make);
  }

  /** Names the options and shows no value. */
  @Override
  public final String toString() {
    return getClass().getEnclosingClass().getSimpleName() + ".Builder" + options;
  }
}
