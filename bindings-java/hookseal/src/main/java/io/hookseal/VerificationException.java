package io.hookseal;

/** A delivery was not proven, for the reason that {@link #code()} tells. */
public final class VerificationException extends HooksealException {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses a delivery. Framework integrations use this for what they find before the body reaches
   * the verifier.
   *
   * @param code the reason
   * @param detail the reason in words, without any secret and nothing of the body
   */
  public VerificationException(ErrorCode code, String detail) {
    super(code, detail);
  }
}
