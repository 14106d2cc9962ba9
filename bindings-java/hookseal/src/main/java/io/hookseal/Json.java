package io.hookseal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As much JSON as the native library is spoken to with: it writes options and schemes, and reads
 * what the library says. Of what came from the network that is only signed claims, which the
 * library has read before: they name nothing twice and nest {@value #MAX_DEPTH} deep at most.
 */
final class Json {
  /** Deeper than any option or scheme; a list that holds itself ends here. */
  private static final int MAX_DEPTH = 32;

  private Json() {}

  /**
   * Writes texts, whole numbers, booleans, bytes (as {@code {"hex": "…"}}), lists, arrays and maps
   * with text keys. The result may hold secrets: the caller wipes it.
   *
   * @throws IllegalArgumentException where there is anything else, saying what, without its value
   */
  static byte[] write(Object value) {
    try (Writer writer = new Writer()) {
      writer.value(value, 0);
      return writer.toByteArray();
    }
  }

  /**
   * Reads one value: Map, List, String, Long (BigInteger where it is too large for that), Double,
   * Boolean or null, all unmodifiable.
   */
  static Object read(String text) {
    Reader reader = new Reader(text);
    Object value = reader.value();
    reader.end();
    return value;
  }

  /** Writes UTF-8 into a buffer of its own and wipes what it leaves behind. */
  private static final class Writer implements AutoCloseable {
    private byte[] buffer = new byte[256];
    private int size;

    void value(Object value, int depth) {
      if (depth > MAX_DEPTH) {
        throw new IllegalArgumentException("is nested too deeply");
      }
      if (value instanceof CharSequence text) {
        text(text);
      } else if (value instanceof Boolean
          || value instanceof Integer
          || value instanceof Long
          || value instanceof Short
          || value instanceof Byte) {
        ascii(value.toString());
      } else if (value instanceof byte[] bytes) {
        hex(bytes);
      } else if (value instanceof Object[] array) {
        list(Arrays.asList(array), depth);
      } else if (value instanceof Collection<?> list) {
        list(list, depth);
      } else if (value instanceof Map<?, ?> map) {
        map(map, depth);
      } else if (value == null) {
        throw new IllegalArgumentException("is null (is its environment variable set?)");
      } else {
        throw new IllegalArgumentException(
            "is a "
                + value.getClass().getName()
                + "; allowed are texts, bytes, whole numbers, booleans, lists and maps of them");
      }
    }

    private void list(Collection<?> list, int depth) {
      put('[');
      boolean first = true;
      for (Object item : list) {
        if (!first) {
          put(',');
        }
        first = false;
        value(item, depth + 1);
      }
      put(']');
    }

    private void map(Map<?, ?> map, int depth) {
      put('{');
      boolean first = true;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!(entry.getKey() instanceof CharSequence key)) {
          throw new IllegalArgumentException("has a key that is no text");
        }
        if (!first) {
          put(',');
        }
        first = false;
        text(key);
        put(':');
        member(entry.getValue(), depth + 1);
      }
      put('}');
    }

    /**
     * What stands in an object within another, such as a key set among options, is handed on as it
     * is.
     */
    private void member(Object value, int depth) {
      boolean isNumber = value instanceof Double number && Double.isFinite(number);
      if (depth > 1 && (value == null || isNumber)) {
        ascii(String.valueOf(value));
      } else {
        value(value, depth);
      }
    }

    private void hex(byte[] bytes) {
      ascii("{\"hex\":\"");
      HexFormat hex = HexFormat.of();
      for (byte item : bytes) {
        put(hex.toHighHexDigit(item));
        put(hex.toLowHexDigit(item));
      }
      ascii("\"}");
    }

    private void text(CharSequence text) {
      put('"');
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"' || c == '\\') {
          put('\\');
          put(c);
        } else if (c >= 0x20 && c < 0x7f) {
          put(c);
        } else if (isLoneSurrogate(text, i)) {
          throw new IllegalArgumentException("is not valid Unicode");
        } else {
          // Escaped, so that the output is ASCII whatever the text.
          ascii("\\u");
          HexFormat hex = HexFormat.of();
          put(hex.toHighHexDigit(c >> 8));
          put(hex.toLowHexDigit(c >> 8));
          put(hex.toHighHexDigit(c));
          put(hex.toLowHexDigit(c));
        }
      }
      put('"');
    }

    private static boolean isLoneSurrogate(CharSequence text, int index) {
      char c = text.charAt(index);
      if (Character.isHighSurrogate(c)) {
        return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
      }
      return Character.isLowSurrogate(c)
          && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }

    private void ascii(String text) {
      for (int i = 0; i < text.length(); i++) {
        put(text.charAt(i));
      }
    }

    private void put(char ascii) {
      if (size == buffer.length) {
        byte[] larger = Arrays.copyOf(buffer, size * 2);
        close();
        buffer = larger;
      }
      buffer[size++] = (byte) ascii;
    }

    byte[] toByteArray() {
      return Arrays.copyOf(buffer, size);
    }

    @Override
    public void close() {
      Arrays.fill(buffer, (byte) 0);
    }
  }

  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    Object value() {
      return switch (peek()) {
        case '{' -> map();
        case '[' -> list();
        case '"' -> string();
        case 't' -> word("true", Boolean.TRUE);
        case 'f' -> word("false", Boolean.FALSE);
        case 'n' -> word("null", null);
        default -> number();
      };
    }

    void end() {
      skipBlanks();
      if (at != text.length()) {
        throw unexpected();
      }
    }

    private Map<String, Object> map() {
      Map<String, Object> map = new LinkedHashMap<>();
      expect('{');
      while (peek() != '}') {
        if (!map.isEmpty()) {
          expect(',');
        }
        if (peek() != '"') {
          throw unexpected();
        }
        String key = string();
        expect(':');
        map.put(key, value());
      }
      expect('}');
      return Collections.unmodifiableMap(map);
    }

    private List<Object> list() {
      List<Object> list = new ArrayList<>();
      expect('[');
      while (peek() != ']') {
        if (!list.isEmpty()) {
          expect(',');
        }
        list.add(value());
      }
      expect(']');
      return Collections.unmodifiableList(list);
    }

    private String string() {
      StringBuilder out = new StringBuilder();
      expect('"');
      while (true) {
        char c = next();
        if (c == '"') {
          return out.toString();
        }
        if (c < 0x20) {
          throw unexpected();
        }
        out.append(c == '\\' ? escape() : c);
      }
    }

    private char escape() {
      char c = next();
      return switch (c) {
        case '"', '\\', '/' -> c;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> {
          if (at + 4 > text.length()) {
            throw unexpected();
          }
          at += 4;
          yield (char) HexFormat.fromHexDigits(text, at - 4, at);
        }
        default -> throw unexpected();
      };
    }

    private Object number() {
      int start = at;
      while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      String digits = text.substring(start, at);
      boolean whole = digits.chars().allMatch(c -> c == '-' || Character.isDigit(c));
      if (whole) {
        BigInteger number = new BigInteger(digits);
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
      }
      return Double.valueOf(digits);
    }

    private Object word(String word, Object value) {
      if (!text.startsWith(word, at)) {
        throw unexpected();
      }
      at += word.length();
      return value;
    }

    private void expect(char c) {
      if (peek() != c) {
        throw unexpected();
      }
      at++;
    }

    private char peek() {
      skipBlanks();
      if (at == text.length()) {
        throw unexpected();
      }
      return text.charAt(at);
    }

    private char next() {
      if (at == text.length()) {
        throw unexpected();
      }
      return text.charAt(at++);
    }

    private void skipBlanks() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private IllegalArgumentException unexpected() {
      return new IllegalArgumentException("unexpected JSON at character " + at);
    }
  }
}
