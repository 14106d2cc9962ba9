package io.hookseal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the flat form that the native library reads: fields one after the other, each {@code [int
 * length, little-endian][bytes]}, with length -1 alone for a field that is not there.
 */
final class Packer {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** The largest buffer. */
  static final int LARGEST = Integer.MAX_VALUE / 2;

  private byte[] buffer;
  private int size;

  /**
   * @param buffer is written to, and replaced where it is too small
   */
  Packer(byte[] buffer) {
    this.buffer = buffer;
  }

  byte[] buffer() {
    return buffer;
  }

  int size() {
    return size;
  }

  /** A copy of what was packed, which is wiped here: it may hold secrets. */
  byte[] take() {
    byte[] packed = Arrays.copyOf(buffer, size);
    Arrays.fill(buffer, 0, size, (byte) 0);
    return packed;
  }

  void absent() {
    reserve(Integer.BYTES);
    length(-1);
  }

  void slot(int slot) {
    reserve(1);
    buffer[size++] = (byte) slot;
  }

  void bytes(byte[] bytes) {
    reserve(Integer.BYTES + (long) bytes.length);
    length(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  /** A text, or its absence where it is null. */
  void optionalText(String text) {
    if (text == null) {
      absent();
    } else {
      text(text);
    }
  }

  void text(String text) {
    int length = text.length();
    reserve(Integer.BYTES + (long) length);
    byte[] target = buffer;
    int start = size + Integer.BYTES;
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      all |= c;
      target[start + i] = (byte) c;
    }
    if (all >= 0x80) {
      bytes(utf8(text));
      return;
    }
    length(length);
    size += length;
  }

  /**
   * UTF-8 in which half a surrogate pair is U+FFFD and not, as Java has it, a question mark: what
   * is no ASCII must not become ASCII.
   */
  private static byte[] utf8(String text) {
    int[] characters =
        text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
            .toArray();
    return new String(characters, 0, characters.length).getBytes(StandardCharsets.UTF_8);
  }

  private void length(int length) {
    INT.set(buffer, size, length);
    size += Integer.BYTES;
  }

  private void reserve(long more) {
    long needed = size + more;
    if (needed <= buffer.length) {
      return;
    }
    if (needed > LARGEST) {
      throw tooLarge();
    }
    byte[] larger = Arrays.copyOf(buffer, (int) Math.max(needed, buffer.length * 2L));
    // It may be the memory of the thread, and hold a password, or a part of one behind the size.
    Arrays.fill(buffer, (byte) 0);
    buffer = larger;
  }

  private static VerificationException tooLarge() {
    return new VerificationException(ErrorCode.BODY_TOO_LARGE, "the request is larger than 1 GiB");
  }
}
