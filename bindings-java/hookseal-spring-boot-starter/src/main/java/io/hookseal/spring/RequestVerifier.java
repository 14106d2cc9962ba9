package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.ErrorCode;
import io.hookseal.HooksealException;
import io.hookseal.VerificationException;
import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Verifies a request for a webhook, or answers it. */
final class RequestVerifier {
  private static final Log LOG = LogFactory.getLog(RequestVerifier.class);

  private final WebhookVerifiers verifiers;

  /** Null where there is none. */
  private final WebhookSelector selector;

  private final Rejection rejection;

  RequestVerifier(WebhookVerifiers verifiers, WebhookSelector selector, Rejection rejection) {
    this.verifiers = verifiers;
    this.selector = selector;
    this.rejection = rejection;
  }

  /**
   * @param webhook the value of the annotation
   * @param request as it is now; it is verified as it entered
   * @return the request for the handler; null where an answer was given
   */
  HttpServletRequest verify(
      String webhook, HttpServletRequest request, HttpServletResponse response) throws IOException {
    Verifier verifier = null;
    HooksealException error;
    try {
      RawRequest raw = RawRequest.of(request).orElseThrow(RequestVerifier::pastTheFilter);
      verifier = verifier(webhook, raw).orElse(null);
      if (verifier == null) {
        response.sendError(HttpServletResponse.SC_NOT_FOUND);
        return null;
      }
      raw.checkHead(verifier);
      byte[] body = raw.body(request, verifier.maxBodyBytes());
      VerifiedEvent event = verifier.verify(raw.whole());
      VerifiedRequest verified = new VerifiedRequest(request, body);
      new Verification(webhook, event).attachTo(verified);
      return verified;
    } catch (HooksealException e) {
      error = e;
    } catch (RuntimeException e) {
      LOG.error("webhook '" + webhook + "' could not be verified", e);
      error = new VerificationException(ErrorCode.INTERNAL, "the verification itself failed");
    }
    if (error instanceof VerificationException rejected && rejected.reply().isPresent()) {
      Replies.send(rejected.reply().get(), response);
    } else {
      rejection.send(LogName.of(webhook, verifier, request), error, request, response);
    }
    return null;
  }

  private Optional<Verifier> verifier(String webhook, RawRequest raw) {
    if (webhook.isEmpty()) {
      if (selector == null) {
        throw new ConfigurationException("there is no WebhookSelector bean that chooses a webhook");
      }
      return selector.select(raw.forLookup());
    }
    Optional<Verifier> verifier = verifiers.get(webhook);
    if (verifier.isEmpty()) {
      throw new ConfigurationException("there is no webhook of this name");
    }
    return verifier;
  }

  private static VerificationException pastTheFilter() {
    return new VerificationException(
        ErrorCode.INTERNAL,
        "the request reached the handler past hookseal's filter: by a forward in front of it, or"
            + " through a server or a servlet that the filter is not registered for");
  }
}
