package io.hookseal;

/**
 * An option or an argument is wrong: the program has to change, not the delivery. Its code is
 * {@link ErrorCode#CONFIGURATION}, and its detail names the option and what is allowed.
 */
public final class ConfigurationException extends HooksealException {
  private static final long serialVersionUID = 1L;

  /**
   * Rejects a configuration.
   *
   * @param detail what is wrong, without any secret
   */
  public ConfigurationException(String detail) {
    super(ErrorCode.CONFIGURATION, detail);
  }
}
