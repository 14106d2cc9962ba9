package io.hookseal;

/**
 * The methods of the native library, see {@code bindings-java/src}. Whoever touches this class
 * loads the library.
 *
 * <p>Every method but {@link #verify}, {@link #decrypt} and those that close answers with {@code
 * [int code][payload]}, see {@link Answer}.
 */
final class Native {
  static {
    NativeLibrary.load();
    NativeLibrary.requireVersion(Hookseal.version(), Answer.of(version()).text());
  }

  private Native() {}

  static native byte[] version();

  static native byte[] errorCodes();

  static native byte[] schemes();

  /** Panics inside the native library, so that a test can see what becomes of it. */
  static native byte[] panicSelfTest();

  /** Payload: {@code [long handle][JSON]}. */
  static native byte[] open(byte[] scheme, byte[] options);

  /** The handle must not be in use, nor be used again. */
  static native void close(long handle);

  /**
   * Takes a request as {@link #verify} does, but for its body, and refuses what needs none to be
   * refused. Payload: nothing.
   */
  static native byte[] checkHead(long handle, long now, byte[] request);

  /** Takes a request as {@link #verify} does. Payload: its bearer token, which is not verified. */
  static native byte[] bearerToken(long handle, byte[] request);

  /**
   * Takes a request as {@link #verify} does, and what the issuer of its token answered. Payload:
   * the facts.
   */
  static native byte[] verifyIntrospected(
      long handle, long now, byte[] request, byte[] body, byte[] introspected);

  /**
   * Takes the number of a refusal's code, {@code peer?, (slot, value)*}, where a slot is a position
   * in the description's {@code diagnostic_header_names}, and the beginning of the body. Payload:
   * what to append to the detail, which may be nothing.
   */
  static native byte[] diagnose(long handle, int code, byte[] request, byte[] beginning);

  /** Payload: the address to fetch keys from now, or nothing. */
  static native byte[] keyRequest(long handle);

  /** Takes what was fetched. Payload: the address to fetch next, or nothing. */
  static native byte[] supplyKeys(long handle, byte[] document);

  /** Payload: {@code [long handle][long longest body][JSON]}. */
  static native byte[] openIssuer(byte[] options);

  /** The handle must not be in use, nor be used again. */
  static native void closeIssuer(long issuer);

  /** Takes {@code method, content type?, body, authorization*}. Payload: the reply as JSON. */
  static native byte[] respond(long issuer, long now, byte[] request);

  /** Takes {@code method, url, body, delivery id?, key id?, (name, value)*}. */
  static native byte[] sign(long handle, long now, byte[] request);

  /**
   * Takes {@code peer?, method, target, authority?, scheme?, (slot, value)*} in the first {@code
   * length} bytes of {@code buffer}.
   *
   * @return {@code code << 32 | n}: the first {@code n} bytes of {@code buffer} are the facts (code
   *     0) or the error; nothing was written where {@code n} is more than it holds
   */
  static native long verify(long handle, long now, byte[] buffer, int length, byte[] body);

  /**
   * Takes what was kept of a delivery; {@code iv} and {@code cipher}, a name, may be null.
   *
   * @return the plaintext; null where there is none, and then {@code reason} begins with {@code
   *     [int length]} and that many bytes {@code [int code][error]}
   */
  static native byte[] decrypt(
      long handle, byte[] ciphertext, byte[] iv, byte[] cipher, byte[] reason);
}
