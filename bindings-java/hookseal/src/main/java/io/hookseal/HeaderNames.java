package io.hookseal;

import java.util.List;

/**
 * The headers that a verifier reads. Names are compared without the case of ASCII letters, and of
 * these only: {@code equalsIgnoreCase} would take a Kelvin sign for a K.
 */
final class HeaderNames {
  private final String[] names;

  /** Bit n is set where some name has n characters: most headers end here. */
  private final long lengths;

  /**
   * @param names in lower case
   */
  HeaderNames(List<String> names) {
    this.names = names.toArray(String[]::new);
    this.lengths = names.stream().mapToLong(name -> 1L << name.length()).reduce(0, (a, b) -> a | b);
  }

  List<String> toList() {
    return List.of(names);
  }

  /** The position of a name, or -1 where the verifier doesn't read it. */
  int slot(String name) {
    // Shifting takes the length modulo 64, so a long name passes here at worst.
    if ((lengths >>> name.length() & 1) == 0) {
      return -1;
    }
    for (int slot = 0; slot < names.length; slot++) {
      // Most names come in lower case, and then `equals` is many times faster.
      if (names[slot].equals(name) || isSame(names[slot], name)) {
        return slot;
      }
    }
    return -1;
  }

  private static boolean isSame(String lowerCase, String name) {
    if (lowerCase.length() != name.length()) {
      return false;
    }
    // From the end: names of one provider begin alike.
    for (int i = name.length() - 1; i >= 0; i--) {
      char c = name.charAt(i);
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
