package io.hookseal;

/**
 * The methods of the native library, see {@code bindings-java/src}. Whoever touches this class
 * loads the library.
 *
 * <p>Every method answers with {@code [int code][payload]}, see {@link Answer}, or with the array
 * that it was given to answer in. Null is never success.
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

  /** Panics while it holds the array, so that a test can see what becomes of both. */
  static native byte[] panicSelfTest(byte[] array);

  /** Payload: {@code [long handle][JSON]}. */
  static native byte[] open(byte[] scheme, byte[] options);

  /** The handle must not be in use, nor be used again. */
  static native byte[] close(long handle);

  /**
   * Takes a request as {@link #verify} does, but for its body, and rejects what can be rejected
   * without one. Payload: nothing.
   */
  static native byte[] checkHead(long handle, long now, byte[] fields);

  /**
   * Takes a request as {@link #verify} does, but for its body. Payload: its bearer token, which is
   * not verified.
   */
  static native byte[] bearerToken(long handle, byte[] fields);

  /**
   * Takes the number of a rejection's code, {@code peer?, (slot, value)*}, where a slot is a
   * position in the description's {@code diagnostic_header_names}, and the beginning of the body.
   * Payload: what to append to the detail, which may be nothing.
   */
  static native byte[] diagnose(long handle, long code, byte[] request, byte[] beginning);

  /** Payload: the address to fetch keys from now, or nothing. */
  static native byte[] keyRequest(long handle);

  /** Takes what was fetched. Payload: the address to fetch next, or nothing. */
  static native byte[] supplyKeys(long handle, byte[] document);

  /** Payload: {@code [long handle][long longest body][JSON]}. */
  static native byte[] openIssuer(byte[] options);

  /** The handle must not be in use, nor be used again. */
  static native byte[] closeIssuer(long issuer);

  /** Takes {@code method, content type?, body, authorization*}. Payload: the reply as JSON. */
  static native byte[] respond(long issuer, long now, byte[] request);

  /** Takes {@code method, url, body, delivery id?, key id?, (name, value)*}. */
  static native byte[] sign(long handle, long now, byte[] request);

  /**
   * Takes two arrays that no other thread uses: the body, and {@code peer?, method, target,
   * authority?, scheme?, (slot, value)*} of this length.
   *
   * @param now {@link Clocks#SYSTEM} for the system's clock
   * @param introspected what the issuer of the token answered; null where nobody asked
   * @return the second array, which now begins with the facts; the decrypted payload, where there
   *     is one, stands at the beginning of the first. Where they have no room: an {@link Answer},
   *     its payload {@code [facts][payload]}
   */
  static native byte[] verify(
      long handle, long now, byte[] body, byte[] fields, long length, byte[] introspected);

  /**
   * Takes an array that no other thread uses: ciphertext, IV and the name of a cipher, of these
   * lengths, and then four bytes at least. The length of a name that is not there is -1.
   *
   * @return the same array: it begins with the plaintext, and its {@code [int length]} stands
   *     behind the name
   */
  static native byte[] decrypt(long handle, byte[] text, long ciphertext, long iv, long cipher);
}
