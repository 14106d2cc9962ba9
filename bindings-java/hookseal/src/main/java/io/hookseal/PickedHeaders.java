package io.hookseal;

import java.util.Arrays;
import java.util.function.BiConsumer;

/** The values of the headers that a verifier reads, out of all headers of a request. */
final class PickedHeaders implements BiConsumer<String, String> {
  private final HeaderNames names;
  private int[] slots = new int[4];
  private String[] values = new String[4];
  private int count;
  private int length;

  PickedHeaders(HeaderNames names) {
    this.names = names;
  }

  @Override
  public void accept(String name, String value) {
    int slot = names.slot(name);
    if (slot < 0) {
      return;
    }
    if (count == slots.length) {
      slots = Arrays.copyOf(slots, count * 2);
      values = Arrays.copyOf(values, count * 2);
    }
    slots[count] = slot;
    values[count] = value;
    count++;
    length += value.length();
  }

  /** What {@link #packInto} writes, where all values are ASCII. */
  int usualSize() {
    return length + count * (1 + Integer.BYTES);
  }

  void packInto(Packer packer) {
    for (int i = 0; i < count; i++) {
      packer.slot(slots[i]);
      packer.text(values[i]);
    }
  }
}
