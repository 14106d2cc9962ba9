package io.hookseal.spring;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Verifies what is going to an annotated handler, before anybody else can read it. All other
 * requests pass; should one of them come to an annotated handler all the same, it is verified
 * there.
 */
final class WebhookFilter implements Filter {
  private static final Log LOG = LogFactory.getLog(WebhookFilter.class);

  private final WebhookTargets targets;
  private final RequestVerifier requestVerifier;
  private final boolean showsConnection;

  WebhookFilter(WebhookTargets targets, RequestVerifier requestVerifier, boolean showsConnection) {
    this.targets = targets;
    this.requestVerifier = requestVerifier;
    this.showsConnection = showsConnection;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() != DispatcherType.REQUEST) {
      chain.doFilter(request, response);
      return;
    }
    HttpServletRequest http = (HttpServletRequest) request;
    RawRequest.capture(http, showsConnection);
    Optional<String> webhook = targets.webhook(http);
    if (webhook.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    HttpServletRequest verified =
        requestVerifier.verify(webhook.get(), http, (HttpServletResponse) response);
    if (verified != null) {
      chain.doFilter(verified, response);
      Verification.of(verified)
          .filter(verification -> !verification.hasArrived() && !verified.isAsyncStarted())
          .ifPresent(verification -> warn(webhook.get(), verified, (HttpServletResponse) response));
    }
  }

  /** A genuine delivery is lost without a word where another filter refuses it. */
  private static void warn(
      String webhook, HttpServletRequest request, HttpServletResponse response) {
    int status = response.getStatus();
    String name = LogName.of(webhook, null, request);
    LOG.warn(
        name
            + " was verified, but answered with "
            + status
            + " before it came to its handler: "
            + switch (status) {
              case 302, 401, 403 ->
                  "where Spring Security is in use, permit the path and exempt it from the"
                      + " protection against CSRF, which no provider can pass"
                      + " (csrf.ignoringRequestMatchers)";
              case 400 ->
                  "where Spring Security is in use, its firewall refuses // and ; in a path"
                      + " (StrictHttpFirewall); other filters may refuse other things";
              default -> "a filter between hookseal's and the handler answers it";
            });
  }
}
