package io.hookseal.spring;

import io.hookseal.Reply;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Sends what the library wants to have sent. */
final class Replies {
  private Replies() {}

  static void send(Reply reply, HttpServletResponse response) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    response.setStatus(reply.status());
    reply.headers().forEach(header -> response.addHeader(header.getKey(), header.getValue()));
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
