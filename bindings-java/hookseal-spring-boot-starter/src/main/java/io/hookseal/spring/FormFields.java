package io.hookseal.spring;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses {@code application/x-www-form-urlencoded} as it is verified: order, repetitions and blanks
 * are kept, and an invalid percent sign stands for itself.
 */
final class FormFields {
  private FormFields() {}

  /** Appends the fields of {@code form} to {@code fields}. */
  static void parse(byte[] form, Charset charset, Map<String, List<String>> fields) {
    int start = 0;
    while (start < form.length) {
      int end = indexOf(form, '&', start, form.length);
      if (end > start) {
        int equals = indexOf(form, '=', start, end);
        String name = decode(form, start, equals, charset);
        String value = decode(form, Math.min(equals + 1, end), end, charset);
        fields.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
      }
      start = end + 1;
    }
  }

  /** The same in the form of the servlet interface. */
  static Map<String, String[]> toArrays(Map<String, List<String>> fields) {
    Map<String, String[]> arrays = new LinkedHashMap<>();
    fields.forEach((name, values) -> arrays.put(name, values.toArray(String[]::new)));
    return arrays;
  }

  /** The position of {@code wanted}, or {@code end}. */
  private static int indexOf(byte[] form, char wanted, int start, int end) {
    int at = start;
    while (at < end && form[at] != wanted) {
      at++;
    }
    return at;
  }

  private static String decode(byte[] form, int start, int end, Charset charset) {
    byte[] decoded = new byte[end - start];
    int size = 0;
    for (int at = start; at < end; at++) {
      byte c = form[at];
      if (c == '+') {
        c = ' ';
      } else if (c == '%' && at + 2 < end) {
        int high = Character.digit(form[at + 1], 16);
        int low = Character.digit(form[at + 2], 16);
        if (high >= 0 && low >= 0) {
          c = (byte) (high << 4 | low);
          at += 2;
        }
      }
      decoded[size++] = c;
    }
    return new String(Arrays.copyOf(decoded, size), charset);
  }
}
