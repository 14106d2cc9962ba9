package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.ErrorCode;
import io.hookseal.HooksealException;
import io.hookseal.VerificationException;
import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
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
 * requests pass untouched.
 */
final class WebhookFilter implements Filter {
  private static final Log LOG = LogFactory.getLog(WebhookFilter.class);

  private final WebhookTargets targets;
  private final WebhookVerifiers verifiers;
  private final WebhookSelector selector;
  private final Rejection rejection;

  WebhookFilter(
      WebhookTargets targets,
      WebhookVerifiers verifiers,
      WebhookSelector selector,
      Rejection rejection) {
    this.targets = targets;
    this.verifiers = verifiers;
    this.selector = selector;
    this.rejection = rejection;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    Optional<String> webhook = targets.webhook(http);
    if (webhook.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    HttpServletRequest verified = verify(webhook.get(), http, (HttpServletResponse) response);
    if (verified != null) {
      chain.doFilter(verified, response);
    }
  }

  /** The verified request, or null where an answer was given. */
  private HttpServletRequest verify(
      String webhook, HttpServletRequest request, HttpServletResponse response) throws IOException {
    HooksealException error;
    try {
      Optional<Verifier> chosen = verifier(webhook, request);
      if (chosen.isEmpty()) {
        response.sendError(HttpServletResponse.SC_NOT_FOUND);
        return null;
      }
      Verifier verifier = chosen.get();
      byte[] body = RawRequest.body(request, verifier.maxBodyBytes());
      VerifiedEvent event = verifier.verify(RawRequest.of(request, body, verifier));
      VerifiedRequest verified = new VerifiedRequest(request, body);
      new Verification(webhook, event).attachTo(verified);
      return verified;
    } catch (HooksealException e) {
      error = e;
    } catch (RuntimeException e) {
      LOG.error("webhook '" + webhook + "' could not be verified", e);
      error = new VerificationException(ErrorCode.INTERNAL, "the verification itself failed");
    }
    if (error instanceof VerificationException refusal && refusal.reply().isPresent()) {
      Replies.send(refusal.reply().get(), response);
    } else {
      rejection.send(webhook, error, request, response);
    }
    return null;
  }

  private Optional<Verifier> verifier(String webhook, HttpServletRequest request) {
    if (webhook.isEmpty()) {
      return selector.select(request);
    }
    Optional<Verifier> verifier = verifiers.get(webhook);
    if (verifier.isEmpty()) {
      throw new ConfigurationException("there is no webhook of this name");
    }
    return verifier;
  }
}
