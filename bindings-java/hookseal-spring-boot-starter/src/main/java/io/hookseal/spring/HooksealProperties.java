package io.hookseal.spring;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/** What can be configured under {@code hookseal}. */
@ConfigurationProperties("hookseal")
public class HooksealProperties {
  /** Where the webhooks stand. */
  static final String WEBHOOK = "hookseal.webhook";

  /** The webhooks by name, as {@code @VerifiedWebhook} names them. */
  private final Map<String, Webhook> webhook = new LinkedHashMap<>();

  /** Makes properties without a webhook. */
  public HooksealProperties() {}

  /**
   * The webhooks by name.
   *
   * @return modifiable
   */
  public Map<String, Webhook> getWebhook() {
    return webhook;
  }

  /** One webhook. */
  public static class Webhook {
    /** Id of the scheme, or the JSON text of a custom scheme. */
    private String scheme;

    /** Options of the scheme by name, its secrets above all. */
    private final Map<String, Object> options = new LinkedHashMap<>();

    /** The URL that the provider calls, up to the path. */
    private String publicUrl;

    /** Proxies whose forwarded headers are believed: addresses or CIDR networks. */
    private List<String> trustedProxies;

    /** Hosts, or host:port, that a request may be sent to. */
    private List<String> allowedHosts;

    /** Addresses or CIDR networks that may deliver. */
    private List<String> allowedIps;

    /** Whether deliveries over plain HTTP are rejected. */
    private Boolean requireHttps;

    /** The longest body; by default 10MB, 1MB for a form, and less where a byte is dear. */
    private DataSize maxBodySize;

    /** How far a signed time may lie in the past or in the future. */
    private Duration tolerance;

    /** Makes a webhook of which nothing is set. */
    public Webhook() {}

    /**
     * The scheme.
     *
     * @return its id, or the JSON text of a custom scheme
     */
    public String getScheme() {
      return scheme;
    }

    /**
     * Sets the scheme.
     *
     * @param scheme its id, or the JSON text of a custom scheme
     */
    public void setScheme(String scheme) {
      this.scheme = scheme;
    }

    /**
     * The options of the scheme.
     *
     * @return values by name, modifiable
     */
    public Map<String, Object> getOptions() {
      return options;
    }

    /**
     * The URL that the provider calls, up to the path.
     *
     * @return null where it is not set
     */
    public String getPublicUrl() {
      return publicUrl;
    }

    /**
     * Sets the URL that the provider calls.
     *
     * @param publicUrl up to the path
     */
    public void setPublicUrl(String publicUrl) {
      this.publicUrl = publicUrl;
    }

    /**
     * The proxies whose forwarded headers are believed.
     *
     * @return null where they are not set
     */
    public List<String> getTrustedProxies() {
      return trustedProxies;
    }

    /**
     * Sets the proxies whose forwarded headers are believed.
     *
     * @param trustedProxies addresses or CIDR networks
     */
    public void setTrustedProxies(List<String> trustedProxies) {
      this.trustedProxies = trustedProxies;
    }

    /**
     * The hosts that a request may be sent to.
     *
     * @return null where they are not set
     */
    public List<String> getAllowedHosts() {
      return allowedHosts;
    }

    /**
     * Sets the hosts that a request may be sent to.
     *
     * @param allowedHosts host or host:port
     */
    public void setAllowedHosts(List<String> allowedHosts) {
      this.allowedHosts = allowedHosts;
    }

    /**
     * The peers that may deliver.
     *
     * @return null where they are not set
     */
    public List<String> getAllowedIps() {
      return allowedIps;
    }

    /**
     * Sets the peers that may deliver.
     *
     * @param allowedIps addresses or CIDR networks
     */
    public void setAllowedIps(List<String> allowedIps) {
      this.allowedIps = allowedIps;
    }

    /**
     * Whether deliveries over plain HTTP are rejected.
     *
     * @return null where it is not set
     */
    public Boolean getRequireHttps() {
      return requireHttps;
    }

    /**
     * Sets whether deliveries over plain HTTP are rejected.
     *
     * @param requireHttps true to reject them
     */
    public void setRequireHttps(Boolean requireHttps) {
      this.requireHttps = requireHttps;
    }

    /**
     * The longest body.
     *
     * @return null where it is not set
     */
    public DataSize getMaxBodySize() {
      return maxBodySize;
    }

    /**
     * Sets the longest body.
     *
     * @param maxBodySize above 0
     */
    public void setMaxBodySize(DataSize maxBodySize) {
      this.maxBodySize = maxBodySize;
    }

    /**
     * How far a signed time may lie in the past or in the future.
     *
     * @return null where it is not set
     */
    public Duration getTolerance() {
      return tolerance;
    }

    /**
     * Sets how far a signed time may lie in the past or in the future.
     *
     * @param tolerance whole seconds, up to a day
     */
    public void setTolerance(Duration tolerance) {
      this.tolerance = tolerance;
    }
  }
}
