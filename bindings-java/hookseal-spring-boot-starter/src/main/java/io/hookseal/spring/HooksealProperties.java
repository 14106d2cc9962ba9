package io.hookseal.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

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
  public static class Webhook extends CommonProperties {
    /** Id of the scheme, or the JSON text of a custom scheme. */
    private String scheme;

    /** Options of the scheme by name, its secrets above all. */
    private final Map<String, Object> options = new LinkedHashMap<>();

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
  }
}
