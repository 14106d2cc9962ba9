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
  private final Gate gate;
  private final Cleaner.Cleanable cleanable;

  /**
   * @param what the owner, for whoever uses it after it was closed
   * @param close is called once with the address
   */
  Handle(String what, long address, LongConsumer close) {
    Gate gate = new Gate(what, () -> close.accept(address));
    this.address = address;
    this.gate = gate;
    // Refers to the gate only, so that it does not keep the handle alive.
    this.cleanable = CLEANER.register(this, gate::shut);
  }

  /**
   * Takes the address into use, or throws when the handle is closed.
   *
   * @return what {@link #leave} has to be called with
   */
  int enter() {
    return gate.enter();
  }

  /** For use between {@link #enter} and {@link #leave} only. */
  long address() {
    return address;
  }

  void leave(int counter) {
    gate.leave(counter);
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
