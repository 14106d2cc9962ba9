package io.hookseal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Any number of threads may hold it until it is closed. An action runs once, when it is closed and
 * no thread holds it any more. No thread ever waits.
 *
 * <p>Threads count themselves on several counters, so that two of them seldom write to one cache
 * line. All accesses are sequentially consistent: every read of a counter after closing sees the
 * threads that acquired the lock before, and a thread that comes later sees that the lock is closed
 * and releases it again. So the action may run as soon as each counter was zero once after closing.
 */
final class HandleLock {
  private static final int COUNTERS = 8;

  /** Counters stand 128 bytes apart, since neighbouring lines are fetched in pairs. */
  private static final int SPACING = 128 / Integer.BYTES;

  private final AtomicIntegerArray holders = new AtomicIntegerArray((COUNTERS + 1) * SPACING);
  private final AtomicBoolean done = new AtomicBoolean();
  private final String what;
  private final Runnable onClosed;
  private volatile boolean closed;

  /**
   * @param what the name of the resource, for the error of later callers
   * @param onClosed runs once, in the thread that closes the lock or in the last that releases it
   */
  HandleLock(String what, Runnable onClosed) {
    this.what = what;
    this.onClosed = onClosed;
  }

  /**
   * Acquires the lock.
   *
   * @return what to pass to {@link #release}
   * @throws IllegalStateException where it is closed
   */
  int acquire() {
    int counter = (1 + ((int) Thread.currentThread().getId() & COUNTERS - 1)) * SPACING;
    holders.incrementAndGet(counter);
    if (closed) {
      release(counter);
      throw new IllegalStateException("the " + what + " is closed");
    }
    return counter;
  }

  void release(int counter) {
    holders.decrementAndGet(counter);
    if (closed) {
      finish();
    }
  }

  /** No thread can acquire the lock from now on. Closing again does nothing. */
  void close() {
    closed = true;
    finish();
  }

  private void finish() {
    for (int counter = 1; counter <= COUNTERS; counter++) {
      if (holders.get(counter * SPACING) != 0) {
        return;
      }
    }
    if (done.compareAndSet(false, true)) {
      onClosed.run();
    }
  }
}
