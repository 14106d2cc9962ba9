package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
  private static String write(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  @Test
  void valuesAreWritten() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", List.of(1, -2L, true, "x"));
    map.put("b", new byte[] {0, (byte) 0xff});
    map.put("c", Map.of());
    map.put("d", new Object[] {});
    assertEquals(
        "{\"a\":[1,-2,true,\"x\"],\"b\":{\"hex\":\"00ff\"},\"c\":{},\"d\":[]}", write(map));
  }

  @Test
  void textsAreEscaped() {
    assertEquals("\"\\\"\\\\/\"", write("\"\\/"));
    assertEquals(
        "\"\\u0000\\u000a\\u007f\\u00e9\\u2028\\ud83d\\ude00\"", write("\0\n\u007fé\u2028😀"));
    assertEquals('"' + "a".repeat(5_000) + '"', write("a".repeat(5_000)));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    StringBuilder text = new StringBuilder();
    for (char c = 0; c < 0xd800; c++) {
      text.append(c);
    }
    assertEquals(text.toString(), Json.read(write(text)));
    assertEquals(
        text.toString(), com.google.gson.JsonParser.parseString(write(text)).getAsString());
    Map<String, Object> map = Map.of("k\n", List.of(Map.of("x", -7L), false, List.of(), ""));
    assertEquals(map, Json.read(write(map)));
  }

  @Test
  void whatJsonCannotSayIsRefused() {
    for (Object value :
        Arrays.asList(
            null,
            1.5,
            new Object(),
            'c',
            Map.of(1, 2),
            List.of(1.5f),
            "\ud800",
            "\udc00x",
            "\ud800\ud800\udc00")) {
      assertThrows(IllegalArgumentException.class, () -> Json.write(value));
    }
  }

  @Test
  void valuesAreRead() {
    assertEquals(
        Arrays.asList(1L, -20L, 1.5, 1e3, true, false, null, "a\"\\/\b\f\n\r\té"),
        Json.read(" [1, -20 ,1.5,1e3,true,false,null,\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\"] \n"));
    assertEquals(
        List.of(Long.MIN_VALUE, Long.MAX_VALUE, new BigInteger("9223372036854775808")),
        Json.read("[-9223372036854775808,9223372036854775807,9223372036854775808]"));
    assertEquals(
        List.of("a", "b", "c"),
        List.copyOf(((Map<?, ?>) Json.read("{\"a\":{},\"b\":[],\"c\":{\"d\":1}}")).keySet()));
  }

  @Test
  void brokenTextIsRefused() {
    for (String text :
        List.of(
            "",
            " ",
            "[",
            "[1",
            "[1,",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{a:1}",
            "{1:1}",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12",
            "\"\\u12G4\"",
            "tru",
            "nul",
            "1 2",
            "[1 2]",
            "-",
            "1-",
            "\"\n\"",
            "]")) {
      assertThrows(IllegalArgumentException.class, () -> Json.read(text), text);
    }
  }
}
