package io.hookseal;

import java.util.Map;
import java.util.Optional;

/**
 * A delivery was not verified; {@link #code()} is the reason.
 *
 * <p>Answer it with {@link #status()}, the header {@code WWW-Authenticate} where there is {@link
 * #authenticate()}, and one body for all reasons. Where there is a {@link #reply()}, the request is
 * no delivery at all: send the reply.
 */
public final class VerificationException extends HooksealException {
  private static final long serialVersionUID = 1L;

  /** The HTTP status to answer with. */
  private final int status;

  /** The value of a header of the answer, or null. */
  private final String authenticate;

  /** Is not serialized: it is of use to nobody but the one who has the request. */
  private final transient Reply reply;

  /**
   * Rejects a delivery. Framework integrations use this for what they find before the body reaches
   * the verifier.
   *
   * @param code the reason
   * @param detail the reason in words, without any secret and nothing of the body
   */
  public VerificationException(ErrorCode code, String detail) {
    super(code, detail);
    this.status = code.status();
    this.authenticate = null;
    this.reply = null;
  }

  /**
   * @param answer {@code {"status", "authenticate": text or null, "reply": object or null}}
   */
  VerificationException(ErrorCode code, String detail, Map<?, ?> answer) {
    super(code, detail);
    this.status = ((Long) answer.get("status")).intValue();
    this.authenticate = (String) answer.get("authenticate");
    this.reply = answer.get("reply") instanceof Map<?, ?> described ? Reply.of(described) : null;
  }

  private VerificationException(VerificationException error, String more) {
    super(error.code(), error.detail() + more);
    this.status = error.status;
    this.authenticate = error.authenticate;
    this.reply = error.reply;
  }

  /** The same rejection with more behind its detail. */
  VerificationException with(String more) {
    return new VerificationException(this, more);
  }

  /**
   * The HTTP status to answer the delivery with.
   *
   * @return the status of {@link #code()}, but for a few cases in which a standard asks for another
   */
  @Override
  public int status() {
    return status;
  }

  /**
   * The value of the header {@code WWW-Authenticate} to answer with (RFC 9110, section 11.6.1).
   *
   * @return empty where the answer has no such header
   */
  public Optional<String> authenticate() {
    return Optional.ofNullable(authenticate);
  }

  /**
   * What to send where the request is a handshake of the provider and not a delivery. It is no
   * rejection, and belongs in no log of rejections.
   *
   * @return empty where {@link #code()} is another than {@link ErrorCode#CHALLENGE}
   */
  public Optional<Reply> reply() {
    return Optional.ofNullable(reply);
  }
}
