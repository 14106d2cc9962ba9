package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.unit.DataSize;

/**
 * Undoes what binding to a map does: a list has become a map by position, and all that a properties
 * file or an environment variable holds is text. What can't be read stays as it is, for the library
 * to reject.
 */
final class OptionText {
  private OptionText() {}

  /**
   * The value as the option takes it.
   *
   * @param option what the catalogue says of it, null where it is not known and may be a secret
   * @throws ConfigurationException where a secret holds a comma
   */
  static Object read(String name, Map<?, ?> option, Object value) {
    Object plain = plain(value);
    if (option == null) {
      return secret(name, truth(plain));
    }
    return switch ((String) option.get("kind")) {
      case "secret" -> secret(name, plain);
      case "switch" -> ofText(plain, OptionText::flag);
      case "seconds" -> ofText(plain, OptionText::seconds);
      case "size" -> ofText(plain, text -> DataSize.parse(text).toBytes());
      case "rate" -> ofText(plain, Long::valueOf);
      case "texts", "choices", "public_key" -> ofText(plain, OptionText::texts);
      case "claims" -> claim(plain);
      case "group" ->
          plain instanceof Map<?, ?> map ? OptionSchema.ofGroup(option).read(map) : plain;
      default -> plain;
    };
  }

  private static Object plain(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; map.containsKey(Integer.toString(i)); i++) {
      list.add(plain(map.get(Integer.toString(i))));
    }
    if (!list.isEmpty() && list.size() == map.size()) {
      return list;
    }
    Map<Object, Object> plain = new LinkedHashMap<>();
    map.forEach((key, item) -> plain.put(key, plain(item)));
    return plain;
  }

  /** Spring takes a list for granted where there is a comma; a password may hold one. */
  private static Object secret(String name, Object value) {
    if (value instanceof String text && text.contains(",")) {
      throw new ConfigurationException(
          "option "
              + name
              + " holds a comma, which separates nothing here: write each of several secrets as an"
              + " element, "
              + name.replace('_', '-')
              + "[0]=…, and a single one with a comma as well");
    }
    return value;
  }

  /** The two words that no schema tells apart from texts. */
  private static Object truth(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> read = new LinkedHashMap<>();
      map.forEach((key, item) -> read.put(key, truth(item)));
      return read;
    }
    boolean isTruth = "true".equals(value) || "false".equals(value);
    return isTruth ? Boolean.valueOf((String) value) : value;
  }

  /**
   * The type of a claim is in no schema: what looks like JSON's is it, what is in quotes a text.
   */
  private static Object claim(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> claims = new LinkedHashMap<>();
      map.forEach((key, item) -> claims.put(key, claim(item)));
      return claims;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(OptionText::claim).toList();
    }
    if (!(value instanceof String text)) {
      return value;
    }
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      return text.substring(1, text.length() - 1);
    }
    boolean isTruth = "true".equalsIgnoreCase(text) || "false".equalsIgnoreCase(text);
    return isTruth ? Boolean.valueOf(text) : ofText(text, Long::valueOf);
  }

  /** What {@code read} makes of a text; whatever it can't read stays. */
  private static Object ofText(Object value, Function<String, Object> read) {
    try {
      return value instanceof String text ? read.apply(text.trim()) : value;
    } catch (IllegalArgumentException | ArithmeticException | ConversionException e) {
      return value;
    }
  }

  private static Object flag(String text) {
    Object flag = ApplicationConversionService.getSharedInstance().convert(text, Boolean.class);
    return flag == null ? text : flag;
  }

  private static Object seconds(String text) {
    return seconds(DurationStyle.detectAndParse(text, ChronoUnit.SECONDS));
  }

  /** Whole ones; of any other time a text, for the library to reject. */
  static Object seconds(Duration time) {
    return time.getNano() == 0 ? (Object) time.toSeconds() : time.toString();
  }

  private static Object texts(String text) {
    return text.contains(",") ? List.of(text.split("\\s*,\\s*", -1)) : text;
  }
}
