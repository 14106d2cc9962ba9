package io.hookseal;

import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Verifies the deliveries of one provider with one configuration.
 *
 * <pre>{@code
 * Verifier verifier = Verifier.builder("standard-webhooks").option("secret", secret).build();
 * VerifiedEvent event = verifier.verify(WebhookRequest.of(method, url, headers, body));
 * }</pre>
 *
 * <p>Immutable, and safe for any number of threads: make one when the program starts and share it.
 * Its keys live outside the Java heap and are wiped when it is closed and no thread uses it any
 * more, or when it is no longer reachable.
 */
public final class Verifier implements AutoCloseable {
  private static final int USUAL_BUFFER = 2 * 1024;
  private static final int LARGEST_KEPT_BUFFER = 64 * 1024;

  /** With a decrypted body, which is seldom longer than the encrypted one, on top of it. */
  private static final int USUAL_FACTS = 512;

  /**
   * What requests are packed in and answers come back in. Only this class and its helpers see it,
   * and no foreign code runs while it is filled.
   */
  private static final ThreadLocal<byte[]> BUFFER =
      ThreadLocal.withInitial(() -> new byte[USUAL_BUFFER]);

  private final Handle handle;
  private final InstantSource clock;

  /** Null where tokens are not introspected. */
  private final TokenIntrospector introspector;

  /** Null where all keys are options. */
  private final RemoteKeys remoteKeys;

  private final String scheme;
  private final HeaderNames headerNames;
  private final Diagnosis diagnosis;
  private final String[] keyIds;
  private final Covers[] coverage;
  private final String[] urlForms;
  private final long maxBodyBytes;
  private final boolean decrypts;

  private Verifier(Answer opened, Builder builder) {
    this.handle = new Handle("verifier", opened.takeLong(), Native::close);
    this.clock = builder.clock;
    this.introspector = builder.introspector;

    Map<?, ?> described = (Map<?, ?>) Json.read(opened.text());
    this.scheme = (String) described.get("scheme");
    this.headerNames = new HeaderNames(Arrays.asList(texts(described.get("header_names"))));
    this.diagnosis =
        new Diagnosis(
            handle,
            new HeaderNames(Arrays.asList(texts(described.get("diagnostic_header_names")))));
    this.keyIds = texts(described.get("key_ids"));
    this.urlForms = texts(described.get("url_forms"));
    this.coverage =
        ((List<?>) described.get("coverage"))
            .stream().map(covers -> Covers.of((Map<?, ?>) covers)).toArray(Covers[]::new);
    this.maxBodyBytes = (Long) described.get("max_body_bytes");
    this.decrypts = (Boolean) described.get("decrypts");
    this.remoteKeys =
        described.get("remote_keys") instanceof Map<?, ?> bounds
            ? new RemoteKeys(handle, bounds, builder.client)
            : null;
    if ((introspector != null) != (Boolean) described.get("introspects")) {
      close();
      throw new ConfigurationException(
          "the option `introspection` and an introspector belong together");
    }
  }

  /**
   * Begins a verifier for a provider.
   *
   * @param scheme the id of a scheme, see {@link Hookseal#schemes()}, or the JSON text of a custom
   *     scheme
   * @return a builder without options
   */
  public static Builder builder(String scheme) {
    if (scheme == null) {
      throw new ConfigurationException("the scheme is null");
    }
    return new Builder(scheme.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Begins a verifier for a custom scheme.
   *
   * @param scheme the scheme as nested maps, lists, texts, whole numbers and booleans
   * @return a builder without options
   */
  public static Builder builder(Map<String, ?> scheme) {
    try {
      return new Builder(Json.write(scheme));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("the custom scheme " + e.getMessage());
    }
  }

  /**
   * Proves a delivery, or throws. Where keys live elsewhere and are not there yet, or not any more,
   * it fetches them first and blocks for as long as that takes, five seconds at most.
   *
   * @param request the request as it was received
   * @return what was proven, never null
   * @throws VerificationException where it is not proven, with the reason
   * @throws ConfigurationException where the request has no method, no URL, or headers of a wrong
   *     type
   * @throws IllegalStateException where the verifier is closed
   */
  public VerifiedEvent verify(WebhookRequest request) {
    request.requireComplete();
    // What is handed out later must be what was verified, whoever writes to the caller's array.
    byte[] body = decrypts ? request.body : request.body.clone();
    if (remoteKeys == null && introspector == null) {
      return verifyWithKeysAtHand(request, body);
    }
    try {
      return verifyWithKeysAtHand(request, body);
    } catch (VerificationException e) {
      // Whatever else is wrong is known without asking others.
      if (e.code() != ErrorCode.KEY_UNAVAILABLE) {
        throw e;
      }
    }
    if (introspector != null) {
      return verifyIntrospected(request, body);
    }
    remoteKeys.refresh();
    return verifyWithKeysAtHand(request, body);
  }

  /**
   * Refuses what can be refused without the body, so that nobody has to read it: by method, peer,
   * URL and headers. What passes is not verified.
   *
   * @param request the request as it was received; its body does not matter and may be null
   * @throws VerificationException where {@link #verify} would refuse it, whatever its body is
   * @throws ConfigurationException where the request has no method, no URL, or headers of a wrong
   *     type
   * @throws IllegalStateException where the verifier is closed
   */
  public void checkHead(WebhookRequest request) {
    request.requireHead();
    byte[] packed = pack(request, new byte[USUAL_BUFFER]).take();
    long now = now(request);
    try {
      handle.call(address -> Native.checkHead(address, now, packed));
    } catch (VerificationException e) {
      throw diagnosis.complete(e, request, null);
    }
  }

  private VerifiedEvent verifyWithKeysAtHand(WebhookRequest request, byte[] body) {
    long now = now(request);
    byte[] kept = BUFFER.get();
    Packer packer = pack(request, kept);
    if (decrypts) {
      packer.makeRoom(USUAL_FACTS + (long) body.length);
    }
    byte[] buffer = packer.buffer();
    if (buffer != kept && buffer.length <= LARGEST_KEPT_BUFFER) {
      BUFFER.set(buffer);
    }

    long answer;
    int counter = handle.enter();
    try {
      answer = Native.verify(handle.address(), now, buffer, packer.size(), body);
      // Again and again, since the body or the keys may have changed in between.
      while ((int) answer > buffer.length) {
        // Nothing was written, so what was packed is still there.
        buffer = Arrays.copyOf(buffer, (int) answer);
        answer = Native.verify(handle.address(), now, buffer, packer.size(), body);
      }
    } finally {
      handle.leave(counter);
    }
    int code = (int) (answer >>> Integer.SIZE);
    int length = (int) answer;
    if (code != 0) {
      HooksealException error = Answer.error(code, ByteBuffer.wrap(buffer, 0, length));
      throw diagnosis.complete(error, request, body);
    }
    if (length < Facts.SHORTEST) {
      throw new VerificationException(ErrorCode.INTERNAL, "the native library gave no facts");
    }
    return event(new Facts(buffer), body);
  }

  private VerifiedEvent verifyIntrospected(WebhookRequest request, byte[] body) {
    byte[] packed = pack(request, new byte[USUAL_BUFFER]).take();
    String token = handle.call(address -> Native.bearerToken(address, packed)).text();
    byte[] answer = introspect(token).getBytes(StandardCharsets.UTF_8);
    long now = now(request);
    Answer facts =
        handle.call(address -> Native.verifyIntrospected(address, now, packed, body, answer));
    return event(new Facts(facts.bytes()), body);
  }

  private String introspect(String token) {
    try {
      return Objects.requireNonNull(introspector.introspect(token), "the answer is null");
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

  private Packer pack(WebhookRequest request, byte[] buffer) {
    PickedHeaders headers = new PickedHeaders(headerNames);
    request.forEachHeader(headers);
    Packer packer = new Packer(buffer);
    packer.optionalText(request.peerIp);
    packer.text(request.method);
    packer.text(request.url);
    packer.optionalText(request.authority);
    packer.optionalText(request.scheme);
    headers.packInto(packer);
    return packer;
  }

  private long now(WebhookRequest request) {
    return request.now == null ? Clocks.seconds(clock) : request.now.getEpochSecond();
  }

  private VerifiedEvent event(Facts facts, byte[] body) {
    String deliveryId = facts.takeDeliveryId();
    Map<?, ?> token = facts.takeToken();
    byte[] decrypted = facts.takePayload();
    return new VerifiedEvent(
        decrypted == null ? body : decrypted,
        scheme,
        token == null ? keyIds[facts.key()] : (String) token.get("key_id"),
        facts.timestamp(),
        deliveryId,
        facts.replayKey(),
        token == null ? Map.of() : claims(token),
        coverage[facts.variant()],
        urlForms[facts.urlForm()]);
  }

  @SuppressWarnings("unchecked") // The names in a JSON object are texts.
  private static Map<String, Object> claims(Map<?, ?> token) {
    return (Map<String, Object>) token.get("claims");
  }

  /**
   * Decrypts what was kept of a delivery, where one cipher is allowed. See {@link #decrypt(byte[],
   * byte[], String)}.
   *
   * @param ciphertext its bytes, not their base64 or hex
   * @param iv the IV that the delivery said, null or empty where it said none
   * @return the plaintext, which <strong>proves nothing</strong>
   * @throws VerificationException where it can't be decrypted
   * @throws ConfigurationException where this verifier decrypts nothing, allows several ciphers, or
   *     takes no IV
   * @throws IllegalStateException where the verifier is closed
   */
  public byte[] decrypt(byte[] ciphertext, byte[] iv) {
    return decrypt(ciphertext, iv, null);
  }

  /**
   * Decrypts what was kept of a delivery: the ciphertext from a queue, a database or an audit log.
   * The result is what {@link VerifiedEvent#payload()} would be of a text in UTF-8, and
   * <strong>proves nothing</strong>: this is no substitute for {@link #verify}, which checks all
   * that is configured.
   *
   * @param ciphertext its bytes, not their base64 or hex
   * @param iv the IV that the delivery said, null or empty where it said none or the scheme derives
   *     the IV with the key
   * @param cipher the name that OpenSSL gives the cipher of the delivery, for example {@code
   *     aes-256-cbc}; null for the only one that is allowed
   * @return the plaintext, never null
   * @throws VerificationException where it can't be decrypted: {@link ErrorCode#DECRYPTION_FAILED}
   *     for whatever is wrong with ciphertext, IV or text, {@link ErrorCode#CIPHER_NOT_ALLOWED},
   *     {@link ErrorCode#BODY_TOO_LARGE}
   * @throws ConfigurationException where this verifier decrypts nothing, or IV and cipher do not
   *     belong to its scheme
   * @throws IllegalStateException where the verifier is closed
   */
  public byte[] decrypt(byte[] ciphertext, byte[] iv, String cipher) {
    if (ciphertext == null) {
      throw new VerificationException(
          ErrorCode.BODY_ALREADY_PARSED, "the ciphertext is null; pass its raw bytes");
    }
    byte[] name = cipher == null ? null : cipher.getBytes(StandardCharsets.UTF_8);
    byte[] reason = BUFFER.get();
    byte[] plaintext =
        handle.callRaw(address -> Native.decrypt(address, ciphertext, iv, name, reason));
    if (plaintext == null) {
      throw Answer.reason(reason);
    }
    return plaintext;
  }

  /**
   * Fetches the keys that live elsewhere, where that is due: when the program starts, so that no
   * delivery waits for it. {@link #verify} does the same when it has to. Does nothing where all
   * keys are options.
   *
   * @throws VerificationException with {@link ErrorCode#KEY_UNAVAILABLE} where they can't be had
   * @throws IllegalStateException where the verifier is closed
   */
  public void refreshKeys() {
    if (remoteKeys != null) {
      remoteKeys.load();
    }
  }

  /**
   * Signs a request as the provider would, for tests, with a random delivery id and the first key.
   *
   * @param request what to sign; its headers are those that it will carry besides the signature
   * @return the headers to add, by name
   * @throws ConfigurationException where the scheme can't sign
   * @throws VerificationException where this request can't be signed
   */
  public Map<String, String> sign(WebhookRequest request) {
    return sign(request, SigningOptions.defaults());
  }

  /**
   * Signs a request as the provider would, for tests.
   *
   * @param request what to sign; its headers are those that it will carry besides the signature
   * @param options the delivery id and the key
   * @return the headers to add, by name
   * @throws ConfigurationException where the scheme can't sign or has no such key, or where the
   *     request is not given by its URL alone
   * @throws VerificationException where this request can't be signed
   */
  public Map<String, String> sign(WebhookRequest request, SigningOptions options) {
    request.requireComplete();
    if (request.authority != null || request.scheme != null) {
      throw new ConfigurationException(
          "a request to sign is given by its URL, without authority and scheme beside it");
    }
    Packer packer = new Packer(new byte[USUAL_BUFFER]);
    packer.text(request.method);
    packer.text(request.url);
    packer.bytes(request.body);
    options.deliveryId().ifPresentOrElse(packer::text, packer::absent);
    options.keyId().ifPresentOrElse(packer::text, packer::absent);
    request.forEachHeader(
        (name, value) -> {
          packer.text(name);
          packer.text(value);
        });
    byte[] packed = packer.take();
    long now = now(request);

    Answer answer = handle.call(address -> Native.sign(address, now, packed));
    Map<String, String> headers = new LinkedHashMap<>();
    while (answer.hasMore()) {
      headers.put(answer.takeText(), answer.takeText());
    }
    return headers;
  }

  /**
   * The scheme that this verifier proves deliveries by.
   *
   * @return its id
   */
  public String scheme() {
    return scheme;
  }

  /**
   * The headers that {@link #verify} reads; others need not be passed.
   *
   * @return lower-case names; unmodifiable
   */
  public List<String> headerNames() {
    return headerNames.toList();
  }

  /**
   * How much of a body has to be read: a longer one is refused.
   *
   * @return bytes, above 0
   */
  public long maxBodyBytes() {
    return maxBodyBytes;
  }

  /**
   * Wipes the keys, as soon as no thread uses them. {@link #verify}, {@link #decrypt(byte[],
   * byte[])} and {@link #sign} throw IllegalStateException from now on. Closing again does nothing.
   */
  @Override
  public void close() {
    handle.close();
  }

  /** Shows the scheme and no key. */
  @Override
  public String toString() {
    return "Verifier[" + scheme + ']';
  }

  private static String[] texts(Object list) {
    return ((List<?>) list).toArray(String[]::new);
  }

  /** Collects the options of a verifier. Not thread-safe. */
  public static final class Builder {
    private final byte[] scheme;
    private final Options options = new Options();
    private InstantSource clock;
    private HttpClient client;
    private TokenIntrospector introspector;

    private Builder(byte[] scheme) {
      this.scheme = scheme;
    }

    /**
     * Sets one option of the scheme.
     *
     * @param name as the scheme's documentation has it, in snake_case
     * @param value a String, a byte[], a whole number or a Boolean; a collection or an array of
     *     these for several secrets; a map of secrets by label, or of an option's own options
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
     * The URL that the provider calls, up to the path. With it, requests may be given by their
     * target alone, and what a proxy makes of the host does not matter.
     *
     * @param publicUrl for example {@code https://api.example.com}
     * @return this
     */
    public Builder publicUrl(String publicUrl) {
      return option("public_url", publicUrl);
    }

    /**
     * The proxies whose forwarded headers are believed. Needs {@link #allowedHosts}.
     *
     * @param networks addresses or CIDR networks
     * @return this
     */
    public Builder trustedProxies(Collection<String> networks) {
      return option("trusted_proxies", networks);
    }

    /**
     * The hosts that a request may be sent to.
     *
     * @param hosts {@code host} or {@code host:port}
     * @return this
     */
    public Builder allowedHosts(Collection<String> hosts) {
      return option("allowed_hosts", hosts);
    }

    /**
     * The peers that may deliver.
     *
     * @param networks addresses or CIDR networks
     * @return this
     */
    public Builder allowedIps(Collection<String> networks) {
      return option("allowed_ips", networks);
    }

    /**
     * Whether deliveries over plain HTTP are refused.
     *
     * @param required false by default
     * @return this
     */
    public Builder requireHttps(boolean required) {
      return option("require_https", required);
    }

    /**
     * The longest body.
     *
     * @param bytes above 0; by default 10 MiB, 1 MiB for a form, and less where many keys or a slow
     *     cipher make a byte dear
     * @return this
     */
    public Builder maxBodyBytes(long bytes) {
      return option("max_body_bytes", bytes);
    }

    /**
     * How far a signed time may lie in the past or in the future.
     *
     * @param tolerance whole seconds, up to a day; the scheme has its own default
     * @return this
     */
    public Builder tolerance(Duration tolerance) {
      return option("tolerance", tolerance == null ? null : tolerance.toSeconds());
    }

    /**
     * The clock that timestamps are judged by, for tests. A {@link java.time.Clock} is one.
     *
     * @param clock null for the system's
     * @return this
     */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /**
     * The client that keys are fetched with where they live elsewhere, for example through a proxy.
     *
     * @param client null for one with the defaults of the virtual machine
     * @return this
     * @throws ConfigurationException where it follows redirects: keys come from the address that
     *     they are asked from and no other
     */
    public Builder httpClient(HttpClient client) {
      if (client != null && client.followRedirects() != HttpClient.Redirect.NEVER) {
        throw new ConfigurationException("the HTTP client for keys follows redirects");
      }
      this.client = client;
      return this;
    }

    /**
     * What asks the issuer about the token of each delivery. The option {@code introspection} needs
     * it, and it needs the option. {@link Verifier#verify} blocks for as long as that takes.
     *
     * @param introspector sees tokens as they were received
     * @return this
     */
    public Builder introspector(TokenIntrospector introspector) {
      this.introspector = introspector;
      return this;
    }

    /**
     * Checks every option and makes the verifier.
     *
     * @return a new verifier
     * @throws ConfigurationException where an option is unknown, missing or wrong; it names the
     *     option
     */
    public Verifier build() {
      return options.apply(json -> new Verifier(Answer.of(Native.open(scheme, json)), this));
    }

    /** Names the options and shows no value. */
    @Override
    public String toString() {
      return "Verifier.Builder" + options;
    }
  }
}
