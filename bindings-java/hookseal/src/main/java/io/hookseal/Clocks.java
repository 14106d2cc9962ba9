package io.hookseal;

import java.time.InstantSource;

/** Tells the time as the native library wants it. */
final class Clocks {
  /** Stands for the time of the system's clock, which the native library reads if it has to. */
  static final long SYSTEM = Long.MIN_VALUE;

  private Clocks() {}

  /**
   * @param clock null for the system's
   * @return unix seconds
   */
  static long seconds(InstantSource clock) {
    return clock == null
        ? Math.floorDiv(System.currentTimeMillis(), 1000L)
        : clock.instant().getEpochSecond();
  }
}
