package io.hookseal;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The frozen list of reasons, the same in every language of the library. Texts and numbers never
 * change; a later version may add some.
 */
public enum ErrorCode {
  /** A header the scheme needs is absent, or empty where it is not that of the signature. */
  MISSING_HEADER(1, 401),
  /**
   * A header is there but cannot be read as the scheme demands; so is an empty signature header.
   */
  MALFORMED_HEADER(2, 401),
  /** A security-relevant header is there twice with different values. */
  AMBIGUOUS_HEADER(3, 401),
  /** No signature matches any key. */
  SIGNATURE_MISMATCH(4, 401),
  /** A static token or password is wrong. */
  TOKEN_MISMATCH(5, 401),
  /** The signed time lies further back than the tolerance. */
  TIMESTAMP_TOO_OLD(6, 401),
  /** The signed time lies further ahead than the tolerance. */
  TIMESTAMP_IN_FUTURE(7, 401),
  /** The timestamp is not in the one canonical form. */
  MALFORMED_TIMESTAMP(8, 401),
  /** The body is not the one that was signed, or nothing signs it. */
  BODY_MISMATCH(9, 401),
  /** The body could not be decrypted; the reason is never told. */
  DECRYPTION_FAILED(10, 401),
  /** The request names a cipher outside the allow-list. */
  CIPHER_NOT_ALLOWED(11, 401),
  /** The token is no JWT, or not of the allowed algorithm. */
  JWT_MALFORMED(12, 401),
  /** The token's lifetime is over. */
  JWT_EXPIRED(13, 401),
  /** A required claim is absent or has another value. */
  JWT_CLAIM_MISMATCH(14, 401),
  /** The key set is unavailable; the provider should retry later. */
  KEY_UNAVAILABLE(15, 503),
  /** The peer's address is not in the allow-list. */
  IP_NOT_ALLOWED(16, 403),
  /** The delivery came over plain HTTP. */
  INSECURE_TRANSPORT(17, 403),
  /** The body, or a part of the request, is larger than the limit. */
  BODY_TOO_LARGE(18, 413),
  /** Something consumed or parsed the body before verification: a local fault. */
  BODY_ALREADY_PARSED(19, 500),
  /** The delivery has been seen before. Not a forgery: acknowledge it. */
  REPLAYED(20, 200),
  /** An option is wrong; thrown when the verifier is made. */
  CONFIGURATION(21, 500),
  /** A fault of this library. */
  INTERNAL(22, 500),
  /** The scheme is not defined for this HTTP method. */
  METHOD_NOT_ALLOWED(23, 405),
  /** The URL has no scheme or host, or holds control characters. */
  MALFORMED_URL(24, 400),
  /** The host the request was sent to is not in the list of allowed hosts. */
  HOST_NOT_ALLOWED(25, 400),
  /** A handshake of the provider and no delivery: send {@link VerificationException#reply()}. */
  CHALLENGE(26, 200);

  private static final Map<Integer, ErrorCode> BY_NUMBER =
      Stream.of(values()).collect(Collectors.toMap(ErrorCode::number, Function.identity()));

  private static final Map<String, ErrorCode> BY_TEXT =
      Stream.of(values()).collect(Collectors.toMap(ErrorCode::text, Function.identity()));

  private final int number;
  private final int status;
  private final String text = name().toLowerCase(Locale.ROOT);

  ErrorCode(int number, int status) {
    this.number = number;
    this.status = status;
  }

  /**
   * The text that all languages show.
   *
   * @return for example {@code signature_mismatch}
   */
  public String text() {
    return text;
  }

  /**
   * The HTTP status a receiver answers with, unless {@link VerificationException#status()} is
   * another.
   *
   * @return for example 401
   */
  public int status() {
    return status;
  }

  /**
   * The number used at the native boundary.
   *
   * @return 1 or more; 0 is success and no code has it
   */
  public int number() {
    return number;
  }

  /**
   * The code with that text.
   *
   * @param text for example {@code signature_mismatch}
   * @return empty where there is none
   */
  public static Optional<ErrorCode> ofText(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }

  /** An unknown number can't come from a native library of this version; it is no success. */
  static ErrorCode ofNumber(int number) {
    return BY_NUMBER.getOrDefault(number, INTERNAL);
  }
}
