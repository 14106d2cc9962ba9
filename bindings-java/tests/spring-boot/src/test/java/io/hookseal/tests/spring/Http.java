package io.hookseal.tests.spring;

import io.hookseal.SigningOptions;
import io.hookseal.Verifier;
import io.hookseal.WebhookRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Sends exactly the bytes that are written down, and signs as the provider does. */
final class Http {
  static final String FORM = "application/x-www-form-urlencoded";

  private Http() {}

  /** An answer; header names are in lower case. Status 0: closed without one. */
  record Answer(int status, Map<String, String> headers, String body) {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The headers of a genuine delivery. */
  static Map<String, String> signed(String method, String target, byte[] body) {
    return signed(
        "plivo", method, target.startsWith("http") ? target : App.PUBLIC_URL + target, body);
  }

  static Map<String, String> signed(String scheme, String method, String target, byte[] body) {
    try (Verifier sender = Verifier.builder(scheme).option("auth_token", App.TOKEN).build()) {
      return sender.sign(
          WebhookRequest.of(method, target, Map.of(), body),
          SigningOptions.defaults().withDeliveryId("12345"));
    }
  }

  /** Sends a genuine form post. */
  static Answer post(App app, String target, byte[] body) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(signed("POST", target, body));
    headers.put("Content-Type", FORM);
    return send(app, "POST", target, headers, body);
  }

  static Answer get(App app, String target) throws IOException {
    return send(app, "GET", target, signed("GET", target, new byte[0]), new byte[0]);
  }

  static Answer send(
      App app, String method, String target, Map<String, String> headers, byte[] body)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Length", Integer.toString(body.length));
    return exchange(app, method, target, all, body);
  }

  /** Without a length that is known beforehand. */
  static Answer sendChunked(
      App app, String method, String target, Map<String, String> headers, byte[] body)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Transfer-Encoding", "chunked");
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    int half = body.length / 2;
    for (int[] part : new int[][] {{0, half}, {half, body.length - half}}) {
      if (part[1] > 0) {
        chunks.write(bytes(Integer.toHexString(part[1]) + "\r\n"));
        chunks.write(body, part[0], part[1]);
        chunks.write(bytes("\r\n"));
      }
    }
    chunks.write(bytes("0\r\n\r\n"));
    return exchange(app, method, target, all, chunks.toByteArray());
  }

  private static Answer exchange(
      App app, String method, String target, Map<String, String> headers, byte[] content)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of("Host: internal:8080"));
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    return raw(app, method + ' ' + target, lines, content);
  }

  /** Sends just these lines and bytes. */
  static Answer raw(App app, String methodAndTarget, List<String> headers, byte[] content)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", app.port)) {
      socket.setSoTimeout(20_000);
      StringBuilder head = new StringBuilder(methodAndTarget + " HTTP/1.1\r\n");
      head.append("Connection: close\r\n");
      headers.forEach(header -> head.append(header + "\r\n"));
      OutputStream out = socket.getOutputStream();
      out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write(content);
      out.flush();
      return read(socket.getInputStream());
    }
  }

  private static Answer read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    int next;
    while (head.indexOf("\r\n\r\n") < 0) {
      next = in.read();
      if (next < 0) {
        return new Answer(0, Map.of(), "");
      }
      head.append((char) next);
    }
    String[] lines = head.toString().split("\r\n");
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(": ?", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
    }
    // The connection may stay open for a request that is not sent to its end.
    String length = headers.get("content-length");
    byte[] content = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
    String body = new String(content, StandardCharsets.ISO_8859_1);
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      body = unchunked(body);
    }
    return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, body);
  }

  private static String unchunked(String chunks) {
    StringBuilder body = new StringBuilder();
    String rest = chunks;
    while (true) {
      int line = rest.indexOf("\r\n");
      int length = Integer.parseInt(rest.substring(0, line), 16);
      if (length == 0) {
        return body.toString();
      }
      body.append(rest, line + 2, line + 2 + length);
      rest = rest.substring(line + 2 + length + 2);
    }
  }
}
