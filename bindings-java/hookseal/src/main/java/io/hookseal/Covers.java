package io.hookseal;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the proof of a delivery covers. Whatever it doesn't cover, anybody on the way could have
 * changed.
 *
 * @param body how much of the body is signed
 * @param url how much of the URL is signed
 * @param method whether the HTTP method is signed
 * @param timestamp whether the scheme's timestamp is signed
 * @param deliveryId whether the scheme's delivery id or nonce is signed
 * @param confidential whether the body was encrypted on its way
 * @param parts the fields of the string to sign as the scheme writes them: {@code body}, {@code
 *     url.path}, {@code header:x-event}, and a list with what it leaves out, as {@code query
 *     -signature}; it can't be changed
 */
public record Covers(
    CoverageLevel body,
    CoverageLevel url,
    boolean method,
    Coverage timestamp,
    Coverage deliveryId,
    boolean confidential,
    List<String> parts) {

  /**
   * Keeps a copy of the parts.
   *
   * @param body as {@link #body}
   * @param url as {@link #url}
   * @param method as {@link #method}
   * @param timestamp as {@link #timestamp}
   * @param deliveryId as {@link #deliveryId}
   * @param confidential as {@link #confidential}
   * @param parts as {@link #parts}
   */
  public Covers {
    parts = List.copyOf(parts);
  }

  /** How much of the body or of the URL is signed, from the weakest to the strongest. */
  public enum CoverageLevel {
    /** Nothing is signed. */
    NONE,
    /** What is signed can be replaced by something of the same digest. */
    WEAK,
    /**
     * It is signed, but runs together with what stands beside it: whoever has a signed request can
     * move text from one field to the next.
     */
    JOINED,
    /** Named fields, or all but some, each kept apart. */
    PART,
    /** Every byte, directly or through a digest that was compared. */
    FULL;

    /**
     * The text that all languages show.
     *
     * @return {@code none}, {@code weak}, {@code joined}, {@code part} or {@code full}
     */
    public String text() {
      return lowerCase(this);
    }
  }

  /** Whether something that travels with the delivery is signed. */
  public enum Coverage {
    /** It is signed, and so a fact. */
    SIGNED,
    /** It travels with the delivery and anybody can change it. */
    UNSIGNED,
    /** The scheme has no such thing. */
    NONE;

    /**
     * The text that all languages show.
     *
     * @return {@code signed}, {@code unsigned} or {@code none}
     */
    public String text() {
      return lowerCase(this);
    }
  }

  static Covers of(Map<?, ?> described) {
    return new Covers(
        CoverageLevel.valueOf(constant(described, "body")),
        CoverageLevel.valueOf(constant(described, "url")),
        (Boolean) described.get("method"),
        Coverage.valueOf(constant(described, "timestamp")),
        Coverage.valueOf(constant(described, "delivery_id")),
        (Boolean) described.get("confidential"),
        ((List<?>) described.get("parts")).stream().map(String.class::cast).toList());
  }

  private static String constant(Map<?, ?> described, String key) {
    return ((String) described.get(key)).toUpperCase(Locale.ROOT);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
