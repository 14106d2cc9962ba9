package io.hookseal.spring;

import io.hookseal.VerifiedEvent;
import jakarta.servlet.ServletRequest;
import java.util.Optional;

/** What was verified of a request, as it travels with it. */
final class Verification {
  private static final String ATTRIBUTE = Verification.class.getName();

  private final String webhook;
  private final VerifiedEvent event;
  private volatile boolean hasArrived;

  /**
   * @param webhook the value of the annotation that it was verified for
   * @param event what was verified
   */
  Verification(String webhook, VerifiedEvent event) {
    this.webhook = webhook;
    this.event = event;
  }

  static Optional<Verification> of(ServletRequest request) {
    return Optional.ofNullable((Verification) request.getAttribute(ATTRIBUTE));
  }

  void attachTo(ServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  String webhook() {
    return webhook;
  }

  VerifiedEvent event() {
    return event;
  }

  /** Notes that a handler gets it. */
  void arrive() {
    hasArrived = true;
  }

  boolean hasArrived() {
    return hasArrived;
  }
}
