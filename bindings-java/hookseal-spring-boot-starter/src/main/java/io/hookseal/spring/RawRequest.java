package io.hookseal.spring;

import io.hookseal.ErrorCode;
import io.hookseal.VerificationException;
import io.hookseal.Verifier;
import io.hookseal.WebhookRequest;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;

/** Takes a request as it came over the wire, before anything decodes or parses it. */
final class RawRequest {
  /**
   * The largest array that every virtual machine makes, less one byte to see that there is more.
   */
  private static final int LARGEST = Integer.MAX_VALUE - 9;

  private RawRequest() {}

  /** Takes what the verifier needs, with the body that was read. */
  static WebhookRequest of(HttpServletRequest request, byte[] body, Verifier verifier) {
    WebhookRequest.Builder raw =
        WebhookRequest.builder()
            .method(request.getMethod())
            .url(url(request))
            .peerIp(request.getRemoteAddr())
            .body(body);
    for (String name : verifier.headerNames()) {
      for (String value : Collections.list(request.getHeaders(name))) {
        raw.header(name, value);
      }
    }
    return raw.build();
  }

  /** What was asked for: neither target nor query is decoded or normalised by the container. */
  private static String url(HttpServletRequest request) {
    String host = request.getHeader("Host");
    String authority =
        host != null ? host : request.getServerName() + ':' + request.getServerPort();
    String query = request.getQueryString();
    return request.getScheme()
        + "://"
        + authority
        + request.getRequestURI()
        + (query == null ? "" : '?' + query);
  }

  /**
   * Reads the body.
   *
   * @throws VerificationException where it is too large or already gone
   */
  static byte[] body(HttpServletRequest request, long maxBytes) throws IOException {
    int limit = (int) Math.min(maxBytes, LARGEST);
    byte[] body = upTo(request, limit);
    if (body.length > limit) {
      throw new VerificationException(
          ErrorCode.BODY_TOO_LARGE, "the body is longer than " + limit + " bytes");
    }
    return body;
  }

  /**
   * Reads the body, and no more than one byte above the limit.
   *
   * @throws VerificationException where it is already gone
   */
  static byte[] upTo(HttpServletRequest request, int limit) throws IOException {
    ServletInputStream in;
    try {
      in = request.getInputStream();
    } catch (IllegalStateException e) {
      throw alreadyParsed();
    }
    // Whoever has read a chunked body to its end before us left no other trace.
    boolean wasFinished = in.isFinished() && request.getHeader("Transfer-Encoding") != null;
    // The announced length may lie: memory is taken as bytes arrive.
    byte[] body = in.readNBytes(limit + 1);
    boolean isCutShort = body.length <= limit && request.getContentLengthLong() > body.length;
    if (wasFinished || isCutShort) {
      throw alreadyParsed();
    }
    return body;
  }

  private static VerificationException alreadyParsed() {
    return new VerificationException(
        ErrorCode.BODY_ALREADY_PARSED,
        "the body was read before it could be verified: a filter in front of hookseal's reads the"
            + " body or asks for a parameter. Give that filter a later order, or exclude the path"
            + " of the webhook from it");
  }
}
