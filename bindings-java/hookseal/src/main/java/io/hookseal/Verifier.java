package io.hookseal;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private final Handle handle;
  private final InstantSource clock;
  private final Description description;
  private final Diagnosis diagnosis;

  /** Null where tokens are not introspected. */
  private final Introspection introspection;

  /** Null where all keys are options. */
  private final RemoteKeys remoteKeys;

  Verifier(Answer opened, VerifierBuilder<?> builder) {
    this.handle = new Handle("verifier", opened.takeLong(), Native::close);
    this.clock = builder.clock();
    this.description = new Description(opened.text());
    this.diagnosis = new Diagnosis(handle, description.diagnosticHeaderNames());
    TokenIntrospector introspector = builder.introspector();
    this.introspection = introspector == null ? null : new Introspection(handle, introspector);
    Map<?, ?> bounds = description.remoteKeys();
    this.remoteKeys = bounds == null ? null : new RemoteKeys(handle, bounds, builder.client());
    if ((introspection != null) != description.introspects()) {
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
      throw new ConfigurationException("the scheme is null (is its environment variable set?)");
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
   * Verifies a delivery, or throws. Where the key set is remote and due, it fetches the keys first
   * and blocks for as long as that takes, five seconds at most.
   *
   * @param request the request as it was received
   * @return what was verified, never null
   * @throws VerificationException where it is rejected, with the reason
   * @throws ConfigurationException where the request has no method, no URL, or headers of a wrong
   *     type
   * @throws IllegalStateException where the verifier is closed
   */
  public VerifiedEvent verify(WebhookRequest request) {
    request.requireComplete();
    if (introspection == null && remoteKeys == null) {
      // The clock is foreign code, and none may run while the thread's own memory is in use.
      long now = now(request);
      PackedRequest packed = PackedRequest.inThread(request, description.headerNames());
      return verifyWithKeysAtHand(request, packed, now);
    }
    PackedRequest packed = PackedRequest.of(request, description.headerNames());
    try {
      return verifyWithKeysAtHand(request, packed, now(request));
    } catch (VerificationException e) {
      // Whatever else is wrong is known without asking others.
      if (e.code() != ErrorCode.KEY_UNAVAILABLE) {
        throw e;
      }
    }
    if (introspection != null) {
      byte[] answer = introspection.ask(packed);
      return description.event(packed, packed.verify(handle, now(request), answer));
    }
    remoteKeys.refresh();
    return verifyWithKeysAtHand(request, packed, now(request));
  }

  /**
   * Rejects what can be rejected without the body, so that nobody has to read it: by method, peer,
   * URL and headers. What passes is not verified.
   *
   * @param request the request as it was received; its body does not matter and may be null
   * @throws VerificationException where {@link #verify} would reject it, whatever its body is
   * @throws ConfigurationException where the request has no method, no URL, or headers of a wrong
   *     type
   * @throws IllegalStateException where the verifier is closed
   */
  public void checkHead(WebhookRequest request) {
    request.requireHead();
    PackedRequest packed = PackedRequest.withoutBody(request, description.headerNames());
    byte[] fields = packed.fields();
    long now = now(request);
    try {
      handle.call(address -> Native.checkHead(address, now, fields));
    } catch (VerificationException e) {
      throw diagnosis.complete(e, request, packed);
    }
  }

  private VerifiedEvent verifyWithKeysAtHand(
      WebhookRequest request, PackedRequest packed, long now) {
    byte[] answer = packed.verify(handle, now, null);
    try {
      return description.event(packed, answer);
    } catch (VerificationException e) {
      throw diagnosis.complete(e, request, packed);
    }
  }

  private long now(WebhookRequest request) {
    if (request.now != null) {
      return request.now.getEpochSecond();
    }
    return clock == null ? Clocks.SYSTEM : clock.instant().getEpochSecond();
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
    return KeptCiphertext.decrypt(handle, ciphertext, iv, cipher);
  }

  /**
   * Fetches a remote key set, where that is due: when the program starts, so that no delivery waits
   * for it. {@link #verify} does the same when it has to. Does nothing where all keys are options.
   *
   * @throws VerificationException with {@link ErrorCode#KEY_UNAVAILABLE} where it is unavailable
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
    byte[] packed = options.pack(request);
    long now = now(request);
    Answer answer = handle.call(address -> Native.sign(address, now, packed));
    Map<String, String> headers = new LinkedHashMap<>();
    while (answer.hasMore()) {
      headers.put(answer.takeText(), answer.takeText());
    }
    return headers;
  }

  /**
   * The scheme of the deliveries.
   *
   * @return its id
   */
  public String scheme() {
    return description.scheme();
  }

  /**
   * The headers that {@link #verify} reads; others need not be passed.
   *
   * @return lower-case names; unmodifiable
   */
  public List<String> headerNames() {
    return description.headerNames().toList();
  }

  /**
   * How much of a body has to be read: a longer one is rejected.
   *
   * @return bytes, above 0
   */
  public long maxBodyBytes() {
    return description.maxBodyBytes();
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
    return "Verifier[" + description.scheme() + ']';
  }

  /** Collects the options of any scheme, by name. Not thread-safe. */
  public static final class Builder extends VerifierOptions<Builder> {
    private Builder(byte[] scheme) {
      super(scheme);
    }

    /**
     * Sets one option. The builders in {@code io.hookseal.providers} have a method for each.
     *
     * @param name in snake_case, as the documentation has it
     * @param value a String, a byte[], a whole number or a Boolean; a collection or an array of
     *     these; or a map of secrets by label, or of an option's own options
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
  }
}
