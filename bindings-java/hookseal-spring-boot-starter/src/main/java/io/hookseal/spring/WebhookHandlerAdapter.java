package io.hookseal.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Stands in front of every annotated handler, whichever mapping found it and whichever way the
 * request took: the dispatcher servlet calls no handler but through an adapter, and asks this one
 * first. What the filter did not verify, since it saw another path, method or parameter, is
 * verified here, as it entered.
 */
final class WebhookHandlerAdapter implements HandlerAdapter, PriorityOrdered {
  private final RequestVerifier requestVerifier;

  /** The adapters of each dispatcher servlet. */
  private final Map<ApplicationContext, List<HandlerAdapter>> others = new ConcurrentHashMap<>();

  WebhookHandlerAdapter(RequestVerifier requestVerifier) {
    this.requestVerifier = requestVerifier;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public boolean supports(Object handler) {
    return AnnotatedHandlers.webhook(handler).isPresent();
  }

  @Override
  public ModelAndView handle(
      HttpServletRequest request, HttpServletResponse response, Object handler) throws Exception {
    String webhook = AnnotatedHandlers.webhook(handler).orElseThrow();
    HttpServletRequest verified = request;
    Optional<Verification> verification = Verification.of(request);
    if (!verification.map(Verification::webhook).equals(Optional.of(webhook))) {
      verified = requestVerifier.verify(webhook, request, response);
      if (verified == null) {
        return null;
      }
      verification = Verification.of(verified);
    }
    verification.ifPresent(Verification::arrive);
    return adapter(request, handler).handle(verified, response, handler);
  }

  /** The one that would handle it if this one were not there. */
  private HandlerAdapter adapter(HttpServletRequest request, Object handler) {
    ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
    if (context == null) {
      throw new IllegalStateException("the request came through no dispatcher servlet");
    }
    return others.computeIfAbsent(context, WebhookHandlerAdapter::adapters).stream()
        .filter(adapter -> adapter.supports(handler))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nothing calls handlers like " + handler));
  }

  private static List<HandlerAdapter> adapters(ApplicationContext context) {
    return BeanFactoryUtils.beansOfTypeIncludingAncestors(
            context, HandlerAdapter.class, true, false)
        .values()
        .stream()
        .filter(adapter -> !(adapter instanceof WebhookHandlerAdapter))
        .sorted(AnnotationAwareOrderComparator.INSTANCE)
        .toList();
  }

  /**
   * Asked by Spring 6 only.
   *
   * @deprecated as in the interface
   */
  @Deprecated
  public long getLastModified(HttpServletRequest request, Object handler) {
    return -1;
  }
}
