package io.hookseal;

import java.time.Duration;
import java.util.Collection;

/**
 * Options of a verifier that do not depend on its scheme.
 *
 * @param <B> the builder itself
 */
abstract class VerifierOptions<B extends VerifierOptions<B>> extends OptionsBuilder<B> {
  /**
   * The URL that the provider calls, up to the path. With it, requests may be given by their target
   * alone, and what a proxy makes of the host does not matter.
   *
   * @param publicUrl for example {@code https://api.example.com}
   * @return this
   */
  public final B publicUrl(String publicUrl) {
    return option("public_url", publicUrl);
  }

  /**
   * The proxies whose forwarded headers are believed. Needs {@link #allowedHosts}.
   *
   * @param networks addresses or CIDR networks
   * @return this
   */
  public final B trustedProxies(Collection<String> networks) {
    return option("trusted_proxies", networks);
  }

  /**
   * The hosts that a request may be sent to.
   *
   * @param hosts {@code host} or {@code host:port}
   * @return this
   */
  public final B allowedHosts(Collection<String> hosts) {
    return option("allowed_hosts", hosts);
  }

  /**
   * The peers that may deliver.
   *
   * @param networks addresses or CIDR networks
   * @return this
   */
  public final B allowedIps(Collection<String> networks) {
    return option("allowed_ips", networks);
  }

  /**
   * Whether deliveries over plain HTTP are rejected.
   *
   * @param required false by default
   * @return this
   */
  public final B requireHttps(boolean required) {
    return option("require_https", required);
  }

  /**
   * The longest body.
   *
   * @param bytes above 0; by default 10 MiB, 1 MiB for a form, and less where many keys or a slow
   *     cipher make a byte dear
   * @return this
   */
  public final B maxBodyBytes(long bytes) {
    return option("max_body_bytes", bytes);
  }

  /**
   * How far a signed time may lie in the past or in the future.
   *
   * @param tolerance whole seconds, up to a day; the scheme has its own default
   * @return this
   */
  public final B tolerance(Duration tolerance) {
    return option("tolerance", tolerance == null ? null : tolerance.toSeconds());
  }
}
