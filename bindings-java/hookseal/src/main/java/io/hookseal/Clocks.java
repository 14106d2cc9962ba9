package io.hookseal;

import java.time.InstantSource;

/** Tells the time as the native library wants it. */
final class Clocks {
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
