package io.hookseal;

import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;

/**
 * What makes a {@link Verifier}, whatever options it has. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract class VerifierBuilder<B extends VerifierBuilder<B>> extends OptionsBuilder<B> {
  /** An id, or the JSON text of a custom scheme. */
  private final byte[] scheme;

  private HttpClient client;
  private TokenIntrospector introspector;

  VerifierBuilder(byte[] scheme) {
    this.scheme = scheme;
  }

  VerifierBuilder(String scheme) {
    this(scheme.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The client that fetches remote key sets, for example through a proxy.
   *
   * @param client null for one with the defaults of the virtual machine
   * @return this
   * @throws ConfigurationException where it follows redirects: keys come from the address that they
   *     are asked from and no other
   */
  public final B httpClient(HttpClient client) {
    if (client != null && client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new ConfigurationException("the HTTP client for keys follows redirects");
    }
    this.client = client;
    return self();
  }

  /**
   * What asks the issuer about the token of each delivery. The option {@code introspection} needs
   * it, and it needs the option. {@link Verifier#verify} blocks for as long as that takes.
   *
   * @param introspector sees tokens as they were received
   * @return this
   */
  public final B introspector(TokenIntrospector introspector) {
    this.introspector = introspector;
    return self();
  }

  /**
   * Checks every option and makes the verifier.
   *
   * @return a new verifier
   * @throws ConfigurationException where an option is unknown, missing or wrong; it names the
   *     option
   */
  public final Verifier build() {
    return make(json -> new Verifier(Answer.of(Native.open(scheme, json)), this));
  }

  /** Null for one with the defaults of the virtual machine. */
  final HttpClient client() {
    return client;
  }

  /** Null where there is none. */
  final TokenIntrospector introspector() {
    return introspector;
  }
}
