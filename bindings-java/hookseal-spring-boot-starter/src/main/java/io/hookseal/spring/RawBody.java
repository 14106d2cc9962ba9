package io.hookseal.spring;

import io.hookseal.ErrorCode;
import io.hookseal.VerificationException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** Reads a body before anything parses it. */
final class RawBody {
  /**
   * The largest array that every virtual machine makes, less one byte to see that there is more.
   */
  private static final int LARGEST = Integer.MAX_VALUE - 9;

  private RawBody() {}

  /**
   * Reads the whole body.
   *
   * @throws VerificationException where it is too large or already gone
   */
  static byte[] read(HttpServletRequest request, long maxBytes) throws IOException {
    int limit = (int) Math.min(maxBytes, LARGEST);
    if (request.getContentLengthLong() > limit) {
      throw tooLarge(limit);
    }
    byte[] body = upTo(request, limit);
    if (body.length > limit) {
      throw tooLarge(limit);
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
    boolean isChunked = request.getHeader("Transfer-Encoding") != null;
    // Whoever has read a chunked body to its end before us left no other trace.
    boolean wasFinished = isChunked && in.isFinished();
    // The announced length may lie: memory is taken as bytes arrive.
    byte[] body = in.readNBytes(limit + 1);
    long announced = request.getContentLengthLong();
    boolean isAnother = !isChunked && announced >= 0 && announced != body.length;
    if (wasFinished
        || (isAnother && body.length <= limit)
        || (isChunked && body.length == 0 && hasFields(request))) {
      throw alreadyParsed();
    }
    return body;
  }

  /** Whether there are parameters that are not in the query: somebody has parsed a form. */
  private static boolean hasFields(HttpServletRequest request) {
    return !new LookupRequest(request)
        .getParameterMap()
        .keySet()
        .containsAll(request.getParameterMap().keySet());
  }

  private static VerificationException tooLarge(int limit) {
    return new VerificationException(
        ErrorCode.BODY_TOO_LARGE, "the body is longer than " + limit + " bytes");
  }

  private static VerificationException alreadyParsed() {
    return new VerificationException(
        ErrorCode.BODY_ALREADY_PARSED,
        "the body was read or changed before it could be verified: a filter in front of hookseal's"
            + " reads the body, decompresses it, or asks for a parameter; or the handler is mapped"
            + " by a parameter of the body. Give that filter a later order, or exclude the path of"
            + " the webhook from it");
  }
}
