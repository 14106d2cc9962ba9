package io.hookseal.spring;

import io.hookseal.Verifier;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The verifiers of an application by name. Immutable; closes none of them. */
public final class WebhookVerifiers {
  private final Map<String, Verifier> byName;

  /**
   * Takes a copy of the map.
   *
   * @param byName the verifiers
   */
  public WebhookVerifiers(Map<String, Verifier> byName) {
    this.byName = Collections.unmodifiableMap(new TreeMap<>(byName));
  }

  /**
   * The verifier of that name.
   *
   * @param name as in {@link VerifiedWebhook#value()}
   * @return empty where there is none
   */
  public Optional<Verifier> get(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * All names.
   *
   * @return sorted, unmodifiable
   */
  public Set<String> names() {
    return byName.keySet();
  }

  @Override
  public String toString() {
    return "WebhookVerifiers" + byName.keySet();
  }
}
