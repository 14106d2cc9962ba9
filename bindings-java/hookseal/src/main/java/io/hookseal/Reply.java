package io.hookseal;

import java.util.List;
import java.util.Map;

/**
 * An HTTP response to send as it is, with its length and in one piece.
 *
 * @param status the HTTP status
 * @param headers names and values in their order; unmodifiable
 * @param body ASCII or UTF-8, empty where there is none
 */
public record Reply(int status, List<Map.Entry<String, String>> headers, String body) {
  /**
   * Takes a copy of the headers.
   *
   * @param status the HTTP status
   * @param headers names and values in their order
   * @param body empty where there is none
   */
  public Reply {
    headers = List.copyOf(headers);
  }

  /** Reads {@code {"status", "headers": [[name, value], …], "body"}}. */
  static Reply of(Map<?, ?> described) {
    return new Reply(
        ((Long) described.get("status")).intValue(),
        ((List<?>) described.get("headers")).stream().map(pair -> header((List<?>) pair)).toList(),
        (String) described.get("body"));
  }

  private static Map.Entry<String, String> header(List<?> pair) {
    return Map.entry((String) pair.get(0), (String) pair.get(1));
  }

  /** Shows no header's value and nothing of the body: they may hold tokens. */
  @Override
  public String toString() {
    List<String> names = headers.stream().map(Map.Entry::getKey).toList();
    return "Reply[" + status + ", headers=" + names + ", body=" + body.length() + " characters]";
  }
}
