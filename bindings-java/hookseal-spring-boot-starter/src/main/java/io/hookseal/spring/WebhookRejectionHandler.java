package io.hookseal.spring;

import io.hookseal.HooksealException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Is told of every delivery that is rejected, before the answer goes out. Declare it as a bean. A
 * challenge that is answered is not a rejection.
 *
 * <p>The response has the status and headers that it is going to have. The handler may add headers,
 * change the status, or write a body of its own; where it writes none, the generic one follows.
 * Whatever it does, or throws, the delivery stays rejected.
 */
@FunctionalInterface
public interface WebhookRejectionHandler {
  /**
   * Handles a rejection.
   *
   * @param error the reason. It is for logs and metrics: a caller that learns it can use it
   * @param request the request; its body may have been read
   * @param response what will be answered
   * @throws Exception to have the generic answer sent
   */
  void onRejected(HooksealException error, HttpServletRequest request, HttpServletResponse response)
      throws Exception;
}
