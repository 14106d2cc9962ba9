package io.hookseal.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/** Tells which requests are going to be handled by a method that wants verified deliveries. */
final class WebhookTargets {
  private static final Log LOG = LogFactory.getLog(WebhookTargets.class);

  private final ObjectProvider<HandlerMapping> mappings;
  private volatile List<HandlerMapping> ordered;

  WebhookTargets(ObjectProvider<HandlerMapping> mappings) {
    this.mappings = mappings;
  }

  /**
   * Asks the handler mappings as the dispatcher servlet is going to ask them, so that the answer
   * can't differ by how a path is matched. Where it differs all the same, {@link
   * WebhookHandlerAdapter} verifies.
   *
   * @return the value of the handler's annotation; empty where it has none
   */
  Optional<String> webhook(HttpServletRequest request) {
    LookupRequest lookup = new LookupRequest(request);
    try {
      ServletRequestPathUtils.parseAndCache(lookup);
      for (HandlerMapping mapping : ordered()) {
        HandlerExecutionChain chain = mapping.getHandler(lookup);
        if (chain != null) {
          return AnnotatedHandlers.webhook(chain.getHandler());
        }
      }
    } catch (Exception e) {
      // Nobody handles it: the dispatcher servlet meets the same and answers.
      LOG.debug("no handler", e);
    }
    return Optional.empty();
  }

  /** Not before the first request: the mappings need the rest of the application. */
  private List<HandlerMapping> ordered() {
    if (ordered == null) {
      ordered = mappings.orderedStream().toList();
    }
    return ordered;
  }
}
