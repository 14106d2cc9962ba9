package io.hookseal.spring;

import io.hookseal.Verifier;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Chooses the verifier for each request of a handler that is annotated with a {@link
 * VerifiedWebhook} without a name, for example one of many tenants by the path. Declare it as a
 * bean.
 */
@FunctionalInterface
public interface WebhookSelector {
  /**
   * Chooses a verifier.
   *
   * @param request the request as it came over the wire, beneath whatever filters made of it; its
   *     parameters are those of the query, and its body can't be read
   * @return the verifier; empty where there is no such webhook, which is answered with 404
   * @throws io.hookseal.HooksealException to reject the delivery with that error
   */
  Optional<Verifier> select(HttpServletRequest request);
}
