package io.hookseal;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Options by name, on their way to the native library. Values may be secrets. */
final class Options {
  private final Map<String, Object> values = new LinkedHashMap<>();

  void put(String name, Object value) {
    if (name == null) {
      throw new ConfigurationException("an option's name is null");
    }
    values.put(name, value);
  }

  /** By name, for an option that is made of these. */
  Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Hands the options to {@code use} as JSON, which is wiped afterwards. */
  <T> T apply(Function<byte[], T> use) {
    values.forEach(Options::requireWritable);
    byte[] json = Json.write(values);
    try {
      return use.apply(json);
    } finally {
      Arrays.fill(json, (byte) 0);
    }
  }

  private static void requireWritable(String name, Object value) {
    try {
      Arrays.fill(Json.write(Collections.singletonMap(name, value)), (byte) 0);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("option `" + name + "` " + e.getMessage());
    }
  }

  /** Names the options and shows no value. */
  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
