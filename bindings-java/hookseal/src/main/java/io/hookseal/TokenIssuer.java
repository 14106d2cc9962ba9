package io.hookseal;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A token endpoint for senders that ask for an access token first: OAuth 2.0 with client
 * credentials (RFC 6749, section 4.4). The tokens are signed and short-lived, and a {@link
 * Verifier} with the same {@code hmacSecret}, or with {@link #jwks()}, verifies the deliveries that
 * carry them.
 *
 * <pre>{@code
 * TokenIssuer issuer =
 *     TokenIssuer.builder()
 *         .clientId("the sender")
 *         .clientSecret(clientSecret)
 *         .issuer("https://api.example.com")
 *         .audience("https://api.example.com/hooks")
 *         .hmacSecret(signingSecret)
 *         .build();
 * }</pre>
 *
 * <p>Immutable, and safe for any number of threads. Of the client's secrets it keeps digests; they
 * and the key live outside the Java heap and are wiped when it is closed, or no longer reachable.
 */
public final class TokenIssuer implements AutoCloseable {
  private static final int CONTENT_TYPE = 0;
  private static final int AUTHORIZATION = 1;
  private static final HeaderNames NAMES =
      new HeaderNames(List.of("content-type", "authorization"));

  private static final int USUAL_REQUEST = 1024;

  private final Handle handle;
  private final InstantSource clock;
  private final int maxBodyBytes;
  private final String jwks;

  private TokenIssuer(Answer opened, InstantSource clock) {
    this.handle = new Handle("token issuer", opened.takeLong(), Native::closeIssuer);
    this.clock = clock;
    this.maxBodyBytes = Math.toIntExact(opened.takeLong());
    this.jwks = opened.text();
  }

  /**
   * Begins a token issuer.
   *
   * @return a builder without options
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Answers a request to the token endpoint. The answer says what is wrong with it, as RFC 6749,
   * section 5.2, has it.
   *
   * @param method the HTTP method as received
   * @param headers values by name; a value is a String, or a collection of Strings for a header
   *     that occurs several times. Names are compared without case
   * @param body the raw bytes, empty where there are none. Of a body that is longer than {@link
   *     #maxBodyBytes()}, one byte more than that is enough
   * @return what to send, never null
   * @throws ConfigurationException where the method is null or a header is of a wrong type
   * @throws VerificationException where the body is null
   * @throws IllegalStateException where the token issuer is closed
   */
  public Reply respond(String method, Map<String, ?> headers, byte[] body) {
    WebhookRequest request = WebhookRequest.of(method, "", headers, body);
    request.requireComplete();
    List<String> contentTypes = new ArrayList<>();
    List<String> authorizations = new ArrayList<>();
    request.forEachHeader(
        (name, value) -> {
          switch (NAMES.slot(name)) {
            case CONTENT_TYPE -> contentTypes.add(value);
            case AUTHORIZATION -> authorizations.add(value);
            default -> {}
          }
        });

    Packer packer = new Packer(new byte[USUAL_REQUEST]);
    packer.text(method);
    if (contentTypes.isEmpty()) {
      packer.absent();
    } else {
      // Two of them are none that anybody knows.
      packer.text(String.join(", ", contentTypes));
    }
    packer.bytes(body);
    authorizations.forEach(packer::text);
    byte[] packed = packer.take();
    long now = Clocks.seconds(clock);
    try {
      String reply = handle.call(address -> Native.respond(address, now, packed)).text();
      return Reply.of((Map<?, ?>) Json.read(reply));
    } finally {
      Arrays.fill(packed, (byte) 0);
    }
  }

  /**
   * The public keys that verify the tokens (RFC 7517, section 5).
   *
   * @return a JSON object; without a key where tokens are signed with {@code hmac_secret}
   */
  public String jwks() {
    return jwks;
  }

  /**
   * How much of a body has to be read: a longer one is rejected.
   *
   * @return bytes, 16 KiB
   */
  public int maxBodyBytes() {
    return maxBodyBytes;
  }

  /**
   * Wipes key and secrets, as soon as no thread uses them. {@link #respond} throws
   * IllegalStateException from now on. Closing again does nothing.
   */
  @Override
  public void close() {
    handle.close();
  }

  /** Shows neither key nor secret. */
  @Override
  public String toString() {
    return "TokenIssuer";
  }

  /** Collects the options of a token issuer. Not thread-safe. */
  public static final class Builder extends TokenIssuerOptions<Builder> {
    private Builder() {}

    /**
     * Sets one option by name.
     *
     * @param name in snake_case
     * @param value a String, a byte[], a whole number or a Boolean; a collection or an array of
     *     these; or a map of secrets by label
     * @return this
     */
    public Builder option(String name, Object value) {
      options.put(name, value);
      return this;
    }

    /**
     * Sets several options, see {@link #option}.
     *
     * @param options values by name
     * @return this
     */
    public Builder options(Map<String, ?> options) {
      options.forEach(this::option);
      return this;
    }

    /**
     * Checks every option and makes the token issuer.
     *
     * @return a new token issuer
     * @throws ConfigurationException where an option is unknown, missing or wrong; it names the
     *     option
     */
    public TokenIssuer build() {
      return make(json -> new TokenIssuer(Answer.of(Native.openIssuer(json)), clock()));
    }
  }
}
