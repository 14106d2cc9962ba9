package io.hookseal;

import java.util.Map;

/**
 * Why a delivery, or a configuration, was rejected.
 *
 * <p>The message is {@code code: detail} and is for the log of the server that received the
 * delivery. It holds no secret, no expected signature and nothing of the body, but it must not be
 * sent to the caller: tell a caller only {@link #status()}.
 */
public abstract sealed class HooksealException extends RuntimeException
    permits ConfigurationException, VerificationException {
  private static final long serialVersionUID = 1L;

  /** The frozen reason. */
  private final ErrorCode code;

  /** The reason in words. */
  private final String detail;

  HooksealException(ErrorCode code, String detail) {
    super(code.text() + ": " + detail);
    this.code = code;
    this.detail = detail;
  }

  /**
   * @param answer how it is answered as JSON; empty where that is the status of the code
   */
  static HooksealException of(ErrorCode code, String detail, String answer) {
    if (code == ErrorCode.CONFIGURATION) {
      return new ConfigurationException(detail);
    }
    return answer.isEmpty()
        ? new VerificationException(code, detail)
        : new VerificationException(code, detail, (Map<?, ?>) Json.read(answer));
  }

  /**
   * The frozen reason.
   *
   * @return never null
   */
  public ErrorCode code() {
    return code;
  }

  /**
   * The HTTP status to answer the delivery with.
   *
   * @return the status of {@link #code()}
   */
  public int status() {
    return code.status();
  }

  /**
   * The reason in words, for the receiver's own log.
   *
   * @return never null
   */
  public String detail() {
    return detail;
  }
}
