package io.hookseal.spring;

import io.hookseal.VerifiedEvent;
import jakarta.servlet.ServletRequest;
import java.util.Optional;

/**
 * What the filter proved, as it travels with the request.
 *
 * @param webhook the value of the annotation that it was proven for
 * @param event what was proven
 */
record Verification(String webhook, VerifiedEvent event) {
  private static final String ATTRIBUTE = Verification.class.getName();

  void attachTo(ServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  static Optional<Verification> of(ServletRequest request) {
    return Optional.ofNullable((Verification) request.getAttribute(ATTRIBUTE));
  }
}
