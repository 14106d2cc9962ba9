package io.hookseal.spring;

import io.hookseal.HooksealException;
import io.hookseal.VerificationException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Answers what was rejected: one body for all reasons. The reason itself goes to the log. */
final class Rejection {
  private static final Log LOG = LogFactory.getLog(Rejection.class);

  private static final byte[] BODY =
      "{\"error\":\"webhook_rejected\"}".getBytes(StandardCharsets.US_ASCII);

  private final WebhookRejectionHandler handler;

  Rejection(WebhookRejectionHandler handler) {
    this.handler = handler;
  }

  /**
   * @param name of the request for the log: neither query nor headers, which may hold tokens
   */
  void send(
      String name,
      HooksealException error,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    LOG.warn(name + " refused: " + error.getMessage());
    if (request.getDispatcherType() != DispatcherType.REQUEST && !response.isCommitted()) {
      // Whoever forwarded here may have begun a page of its own.
      response.reset();
    }
    prepare(error, response);
    ObservedResponse observed = new ObservedResponse(response);
    try {
      handler.onRejected(error, request, observed);
    } catch (Exception | LinkageError | AssertionError e) {
      LOG.error("the rejection handler failed; the generic answer is sent", e);
      if (response.isCommitted()) {
        return;
      }
      response.reset();
      prepare(error, response);
      observed.answered = false;
    }
    if (!observed.answered && !response.isCommitted()) {
      response.setContentLength(BODY.length);
      response.getOutputStream().write(BODY);
    }
  }

  private static void prepare(HooksealException error, HttpServletResponse response) {
    response.setStatus(error.status());
    response.setContentType("application/json");
    if (error instanceof VerificationException rejection) {
      rejection.authenticate().ifPresent(value -> response.setHeader("WWW-Authenticate", value));
    }
  }

  /** Notices whether the handler answers by itself. */
  private static final class ObservedResponse extends HttpServletResponseWrapper {
    private boolean answered;

    ObservedResponse(HttpServletResponse response) {
      super(response);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      answered = true;
      return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      answered = true;
      return super.getWriter();
    }

    @Override
    public void sendError(int status) throws IOException {
      answered = true;
      super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      answered = true;
      super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
      answered = true;
      super.sendRedirect(location);
    }
  }
}
