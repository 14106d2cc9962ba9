package io.hookseal.spring;

import io.hookseal.Verifier;
import jakarta.servlet.http.HttpServletRequest;

/** Names a request in the log: its webhook, scheme and path. */
final class LogName {
  private static final int LONGEST_PATH = 200;

  private LogName() {}

  /**
   * @param webhook the value of the annotation, which may be empty
   * @param verifier null where none was chosen
   * @return for example {@code webhook 'calls' (acme), POST /calls/answer}
   */
  static String of(String webhook, Verifier verifier, HttpServletRequest request) {
    StringBuilder name = new StringBuilder("webhook");
    if (!webhook.isEmpty()) {
      name.append(" '").append(webhook).append('\'');
    }
    if (verifier != null) {
      name.append(" (").append(verifier.scheme()).append(')');
    }
    RawRequest.of(request)
        .ifPresent(
            raw -> {
              name.append(", ");
              escape(raw.method(), name);
              name.append(' ');
              escape(raw.path(), name);
            });
    return name.toString();
  }

  /** Whoever calls must not write lines of a log. */
  private static void escape(String text, StringBuilder escaped) {
    for (int i = 0; i < text.length(); i++) {
      if (i == LONGEST_PATH) {
        escaped.append('…');
        return;
      }
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7f && c != '\\') {
        escaped.append(c);
      } else {
        escaped.append(String.format("\\u%04x", (int) c));
      }
    }
  }
}
