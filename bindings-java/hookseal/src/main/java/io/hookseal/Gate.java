package io.hookseal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Lets any number of threads in until it is shut, and runs an action once when it is shut and the
 * last of them has left. Nobody ever waits.
 *
 * <p>Threads count themselves on several counters, so that two of them seldom write to one cache
 * line. All accesses are sequentially consistent: a thread that is inside before the gate is shut
 * is seen on its counter by every later look, and one that comes after sees the gate shut and turns
 * back. So the action may run as soon as each counter was zero once after the shutting.
 */
final class Gate {
  private static final int COUNTERS = 8;

  /** Counters stand 128 bytes apart, since neighbouring lines are fetched in pairs. */
  private static final int SPACING = 128 / Integer.BYTES;

  private final AtomicIntegerArray inside = new AtomicIntegerArray((COUNTERS + 1) * SPACING);
  private final AtomicBoolean done = new AtomicBoolean();
  private final String what;
  private final Runnable lastOut;
  private volatile boolean shut;

  /**
   * @param what stands behind the gate, for whoever finds it shut
   * @param lastOut runs once, in whichever thread finds the gate shut and nobody inside
   */
  Gate(String what, Runnable lastOut) {
    this.what = what;
    this.lastOut = lastOut;
  }

  /**
   * Goes in, or throws when the gate is shut.
   *
   * @return what {@link #leave} has to be called with
   */
  int enter() {
    int counter = (1 + ((int) Thread.currentThread().getId() & COUNTERS - 1)) * SPACING;
    inside.incrementAndGet(counter);
    if (shut) {
      leave(counter);
      throw new IllegalStateException("the " + what + " is closed");
    }
    return counter;
  }

  void leave(int counter) {
    inside.decrementAndGet(counter);
    if (shut) {
      finish();
    }
  }

  /** Lets nobody in any more. Shutting again does nothing. */
  void shut() {
    shut = true;
    finish();
  }

  private void finish() {
    for (int counter = 1; counter <= COUNTERS; counter++) {
      if (inside.get(counter * SPACING) != 0) {
        return;
      }
    }
    if (done.compareAndSet(false, true)) {
      lastOut.run();
    }
  }
}
