package io.hookseal;

import java.util.List;
import java.util.Map;

/** What the library knows, apart from any verifier. */
public final class Hookseal {
  private Hookseal() {}

  /**
   * The version of the library.
   *
   * @return for example {@code 0.1.0}
   */
  public static String version() {
    return Version.TEXT;
  }

  /**
   * The catalogue of schemes.
   *
   * @return one map a scheme with at least {@code id} (text), {@code title} (text), {@code docs}
   *     (the address of the provider's documentation) and {@code options} (list); unmodifiable
   */
  public static List<Map<String, Object>> schemes() {
    return maps(Native.schemes());
  }

  /**
   * The table of error codes as the native library has it. {@link ErrorCode} is the same table as
   * Java constants.
   *
   * @return one map a code with {@code code} (text), {@code number} and {@code status} (Long), in
   *     order of number; unmodifiable
   */
  public static List<Map<String, Object>> errorCodes() {
    return maps(Native.errorCodes());
  }

  @SuppressWarnings("unchecked") // The native library answers with a list of objects.
  private static List<Map<String, Object>> maps(byte[] answer) {
    return (List<Map<String, Object>>) Json.read(Answer.of(answer).text());
  }

  /** Read once, when it is first asked for. */
  private static final class Version {
    static final String TEXT = NativeLibrary.version();
  }
}
