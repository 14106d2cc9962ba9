package io.hookseal;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Asks the issuer of a delivery's token about it, through the caller's {@link TokenIntrospector}.
 */
final class Introspection {
  private final Handle handle;
  private final TokenIntrospector introspector;

  Introspection(Handle handle, TokenIntrospector introspector) {
    this.handle = handle;
    this.introspector = introspector;
  }

  /**
   * Asks about the token of this request.
   *
   * @return the JSON object that its issuer answered with
   * @throws VerificationException where the request has no token, or the issuer does not answer
   */
  byte[] ask(PackedRequest request) {
    byte[] fields = request.fields();
    String token = handle.call(address -> Native.bearerToken(address, fields)).text();
    try {
      String answer = Objects.requireNonNull(introspector.introspect(token), "the answer is null");
      return answer.getBytes(StandardCharsets.UTF_8);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      // What it says may hold the token.
      VerificationException unavailable =
          new VerificationException(
              ErrorCode.KEY_UNAVAILABLE, "the introspector failed with " + e.getClass().getName());
      unavailable.initCause(e);
      throw unavailable;
    }
  }
}
