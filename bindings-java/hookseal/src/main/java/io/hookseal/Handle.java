package io.hookseal;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * An object of the native library. It is closed when its owner closes it, or is no longer
 * reachable, and no thread uses it any more.
 */
final class Handle implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long address;
  private final HandleLock lock;
  private final Cleaner.Cleanable cleanable;

  /**
   * @param what the name of the owner, for the error of later callers
   * @param close is called once with the address
   */
  Handle(String what, long address, LongConsumer close) {
    HandleLock lock = new HandleLock(what, () -> close.accept(address));
    this.address = address;
    this.lock = lock;
    // Refers to the lock only, so that it does not keep the handle alive.
    this.cleanable = CLEANER.register(this, lock::close);
  }

  /**
   * Keeps the object open.
   *
   * @return what to pass to {@link #leave}
   * @throws IllegalStateException where it is closed
   */
  int enter() {
    return lock.acquire();
  }

  /** For use between {@link #enter} and {@link #leave} only. */
  long address() {
    return address;
  }

  void leave(int counter) {
    lock.release(counter);
    // Until here, the cleaner must not find this handle unreachable.
    Reference.reachabilityFence(this);
  }

  /** Calls a native method with the address, and reads or throws what it answers. */
  Answer call(LongFunction<byte[]> method) {
    return Answer.of(callRaw(method));
  }

  /** Calls a native method with the address. */
  byte[] callRaw(LongFunction<byte[]> method) {
    int counter = enter();
    try {
      return method.apply(address);
    } finally {
      leave(counter);
    }
  }

  /** Closing again does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
