package io.hookseal;

/**
 * One array a thread. New memory costs time by the byte, so what is needed during one call only is
 * written where that of the last call was. No foreign code may run while it is in use.
 */
final class ThreadMemory {
  /** What all threads have; enough for most requests. */
  static final int USUAL_SIZE = 4 * 1024;

  /** No thread keeps more. */
  static final int LARGEST_KEPT = 64 * 1024;

  private static final ThreadLocal<byte[]> KEPT =
      ThreadLocal.withInitial(() -> new byte[USUAL_SIZE]);

  private ThreadMemory() {}

  /** An array of at least this size. It holds whatever was written last. */
  static byte[] of(int size) {
    byte[] kept = KEPT.get();
    if (size <= kept.length) {
      return kept;
    }
    byte[] larger = new byte[size];
    if (size <= LARGEST_KEPT) {
      KEPT.set(larger);
    }
    return larger;
  }
}
