package io.hookseal;

import java.time.InstantSource;
import java.util.function.Function;

/**
 * Collects the options of something that has a clock. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract class OptionsBuilder<B extends OptionsBuilder<B>> extends OptionSet<B> {
  private InstantSource clock;

  OptionsBuilder() {}

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
}
