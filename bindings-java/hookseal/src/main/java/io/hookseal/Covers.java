package io.hookseal;

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
 */
public record Covers(
    Body body,
    Url url,
    boolean method,
    Coverage timestamp,
    Coverage deliveryId,
    boolean confidential) {

  /** How much of the body is signed. */
  public enum Body {
    /** Every byte, directly or through a digest that was compared. */
    FULL,
    /** The parsed fields, not their order or encoding. */
    FIELDS,
    /** Nothing of the body. */
    NONE;

    /**
     * The text that all languages show.
     *
     * @return {@code full}, {@code fields} or {@code none}
     */
    public String text() {
      return lowerCase(this);
    }
  }

  /** How much of the URL is signed. */
  public enum Url {
    /** Scheme, authority, path and query. */
    FULL,
    /** Scheme, authority and path; the query can be changed freely. */
    WITHOUT_QUERY,
    /** Nothing of the URL. */
    NONE;

    /**
     * The text that all languages show.
     *
     * @return {@code full}, {@code without_query} or {@code none}
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
        Body.valueOf(constant(described, "body")),
        Url.valueOf(constant(described, "url")),
        (Boolean) described.get("method"),
        Coverage.valueOf(constant(described, "timestamp")),
        Coverage.valueOf(constant(described, "delivery_id")),
        (Boolean) described.get("confidential"));
  }

  private static String constant(Map<?, ?> described, String key) {
    return ((String) described.get(key)).toUpperCase(Locale.ROOT);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
