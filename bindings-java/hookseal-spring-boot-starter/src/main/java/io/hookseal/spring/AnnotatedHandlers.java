package io.hookseal.spring;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Optional;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;

/** Finds the annotation of whatever handles a request, also where a proxy stands in front of it. */
final class AnnotatedHandlers {
  private AnnotatedHandlers() {}

  /** The value of a handler's annotation; empty where it has none. */
  static Optional<String> webhook(Object handler) {
    if (handler instanceof HandlerMethod method) {
      return webhook(method.getMethod(), AopProxyUtils.ultimateTargetClass(method.getBean()));
    }
    return find(AopProxyUtils.ultimateTargetClass(handler));
  }

  /**
   * The value of the annotation of a method, or of its class.
   *
   * @param target the class behind all proxies: the method may be that of an interface
   */
  static Optional<String> webhook(Method method, Class<?> target) {
    return find(AopUtils.getMostSpecificMethod(method, target))
        .or(() -> find(method))
        .or(() -> find(target));
  }

  /** What stands on the element itself, on what it overrides, implements or inherits. */
  static Optional<String> find(AnnotatedElement element) {
    return Optional.ofNullable(
            AnnotatedElementUtils.findMergedAnnotation(element, VerifiedWebhook.class))
        .map(VerifiedWebhook::value);
  }
}
