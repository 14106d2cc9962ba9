package io.hookseal;

/**
 * Asks the issuer of an opaque token about it (RFC 7662), for verifiers with the option {@code
 * introspection}. It is called once a delivery, by any number of threads.
 */
@FunctionalInterface
public interface TokenIntrospector {
  /**
   * Asks about one token.
   *
   * @param token as it was received; nothing about it is known yet
   * @return the body of the issuer's answer, a JSON object (RFC 7662, section 2.2)
   * @throws Exception where no answer can be had: the delivery is answered with {@link
   *     ErrorCode#KEY_UNAVAILABLE}, so that it comes again
   */
  String introspect(String token) throws Exception;
}
