package io.hookseal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * One HTTP request as it was received, before anything parsed it. It refers to what it was made
 * with and copies nothing, so make it, verify it and let it go.
 *
 * <p>Where the URL is not known as the provider called it, give its parts as they were received:
 * the request target as {@link Builder#url}, the {@code Host} header as {@link Builder#authority},
 * and {@link Builder#scheme}. Never put them together yourself: a {@code Host} may hold a slash or
 * a {@code #}, and the text would name another URL than the one that is served.
 */
public final class WebhookRequest {
  final String method;
  final String url;
  final String authority;
  final String scheme;
  final byte[] body;
  final String peerIp;
  final Instant now;
  private final Object headers;
  private final List<Map.Entry<String, String>> moreHeaders;

  private WebhookRequest(Builder builder) {
    this.method = builder.method;
    this.url = builder.url;
    this.authority = builder.authority;
    this.scheme = builder.scheme;
    this.body = builder.body;
    this.peerIp = builder.peerIp;
    this.now = builder.now;
    this.headers = builder.headers;
    this.moreHeaders = builder.moreHeaders;
  }

  private WebhookRequest(String method, String url, Object headers, byte[] body) {
    this.method = method;
    this.url = url;
    this.authority = null;
    this.scheme = null;
    this.body = body;
    this.peerIp = null;
    this.now = null;
    this.headers = headers;
    this.moreHeaders = null;
  }

  /**
   * A request from its four parts.
   *
   * @param method the HTTP method as received
   * @param url the absolute URL as the provider called it or, where the verifier has a public URL,
   *     the raw request target ({@code /path?query}); never decoded nor normalised
   * @param headers values by name; a value is a String, or a collection of Strings for a header
   *     that occurs several times. Names are compared without case
   * @param body the raw bytes, empty where there are none
   * @return the request
   */
  public static WebhookRequest of(String method, String url, Map<String, ?> headers, byte[] body) {
    return new WebhookRequest(method, url, headers, body);
  }

  /**
   * Begins a request.
   *
   * @return a builder with no headers
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Throws where there is no method, no URL or no body. */
  void requireComplete() {
    requireHead();
    if (body == null) {
      throw new VerificationException(
          ErrorCode.BODY_ALREADY_PARSED,
          "the body is null; pass its raw bytes as they were received, read before anything parses"
              + " them, and new byte[0] where there is none");
    }
  }

  /** Throws where there is no method or no URL. */
  void requireHead() {
    if (method == null) {
      throw new ConfigurationException("the request's method is null; pass it as received");
    }
    if (url == null) {
      throw new ConfigurationException("the request's URL is null; pass it as received");
    }
  }

  /** Hands every header to the sink; one that occurs several times, several times. */
  void forEachHeader(BiConsumer<String, String> sink) {
    if (headers instanceof Map<?, ?> map) {
      map.forEach((name, value) -> each(name, value, sink));
    } else if (headers instanceof Iterable<?> entries) {
      for (Object item : entries) {
        if (!(item instanceof Map.Entry<?, ?> entry)) {
          throw new ConfigurationException("headers are entries of a name and a value");
        }
        each(entry.getKey(), entry.getValue(), sink);
      }
    }
    if (moreHeaders != null) {
      moreHeaders.forEach(entry -> sink.accept(entry.getKey(), entry.getValue()));
    }
  }

  private static void each(Object name, Object value, BiConsumer<String, String> sink) {
    // java.net lists the status line under the name null; a null value is no value.
    if (name == null || value == null) {
      return;
    }
    if (!(name instanceof String text)) {
      throw new ConfigurationException("a header's name is a text");
    }
    if (value instanceof String single) {
      sink.accept(text, single);
    } else if (value instanceof Iterable<?> several) {
      several.forEach(item -> each(text, item, sink));
    } else if (value instanceof Object[] several) {
      each(text, Arrays.asList(several), sink);
    } else {
      throw new ConfigurationException("a header's value is a text or a collection of texts");
    }
  }

  /** Names no header value and nothing of the URL or the body: they may hold tokens. */
  @Override
  public String toString() {
    return "WebhookRequest["
        + method
        + ", body="
        + (body == null ? "null" : body.length + " bytes")
        + ']';
  }

  /** Collects the parts of a request. Not thread-safe. */
  public static final class Builder {
    private String method;
    private String url;
    private String authority;
    private String scheme;
    private byte[] body;
    private String peerIp;
    private Instant now;
    private Object headers;
    private List<Map.Entry<String, String>> moreHeaders;

    private Builder() {}

    /**
     * Sets the HTTP method.
     *
     * @param method as received
     * @return this
     */
    public Builder method(String method) {
      this.method = method;
      return this;
    }

    /**
     * Sets the URL.
     *
     * @param url absolute, as the provider called it, or the raw request target where the verifier
     *     has a public URL, or where {@link #authority} and {@link #scheme} are given; never
     *     decoded nor normalised
     * @return this
     */
    public Builder url(String url) {
      this.url = url;
      return this;
    }

    /**
     * Sets the host that was asked for.
     *
     * @param authority the {@code Host} header, or {@code :authority}, as received; several
     *     different ones joined with {@code ", "}, which is rejected. Null where it is in the URL
     * @return this
     */
    public Builder authority(String authority) {
      this.authority = authority;
      return this;
    }

    /**
     * Sets the scheme of the connection, whatever the request says of itself.
     *
     * @param scheme {@code http}, {@code https}, {@code ws} or {@code wss}; null where it is in the
     *     URL
     * @return this
     */
    public Builder scheme(String scheme) {
      this.scheme = scheme;
      return this;
    }

    /**
     * Sets the headers.
     *
     * @param headers values by name; a value is a String, or a collection of Strings for a header
     *     that occurs several times
     * @return this
     */
    public Builder headers(Map<String, ?> headers) {
      this.headers = headers;
      return this;
    }

    /**
     * Sets the headers.
     *
     * @param headers entries of name and value; a name may occur several times
     * @return this
     */
    public Builder headers(Iterable<? extends Map.Entry<String, ?>> headers) {
      this.headers = headers;
      return this;
    }

    /**
     * Adds one header to those of {@link #headers}.
     *
     * @param name its name
     * @param value its value
     * @return this
     */
    public Builder header(String name, String value) {
      if (name == null || value == null) {
        throw new ConfigurationException("a header has a name and a value");
      }
      if (moreHeaders == null) {
        moreHeaders = new ArrayList<>();
      }
      moreHeaders.add(Map.entry(name, value));
      return this;
    }

    /**
     * Sets the body.
     *
     * @param body the raw bytes, empty where there are none
     * @return this
     */
    public Builder body(byte[] body) {
      this.body = body;
      return this;
    }

    /**
     * Sets the address of the directly connected peer.
     *
     * @param peerIp IPv4 or IPv6 in text form, null where it is unknown. A text that is no address
     *     counts as unknown, and no allow-list contains an unknown peer
     * @return this
     */
    public Builder peerIp(String peerIp) {
      this.peerIp = peerIp;
      return this;
    }

    /**
     * Sets the time to judge timestamps by.
     *
     * @param now null for the verifier's clock
     * @return this
     */
    public Builder now(Instant now) {
      this.now = now;
      return this;
    }

    /**
     * Makes the request. What is missing is told when it is verified.
     *
     * @return the request
     */
    public WebhookRequest build() {
      return new WebhookRequest(this);
    }
  }
}
