package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.VerifiedEvent;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;

/** Keeps an application from starting whose handlers could not be protected as they ask. */
final class StartupCheck implements SmartInitializingSingleton {
  private static final Log LOG = LogFactory.getLog(StartupCheck.class);

  private final ConfigurableListableBeanFactory factory;
  private final ObjectProvider<HandlerMapping> mappings;
  private final WebhookVerifiers verifiers;
  private final boolean hasSelector;

  /** The methods that are protected, and the classes that have one. */
  private final Set<Method> protectedMethods = new HashSet<>();

  private final Set<Class<?>> protectedTypes = new HashSet<>();

  StartupCheck(
      ConfigurableListableBeanFactory factory,
      ObjectProvider<HandlerMapping> mappings,
      WebhookVerifiers verifiers,
      boolean hasSelector) {
    this.factory = factory;
    this.mappings = mappings;
    this.verifiers = verifiers;
    this.hasSelector = hasSelector;
  }

  @Override
  public void afterSingletonsInstantiated() {
    Set<String> unused = new TreeSet<>(verifiers.names());
    for (AbstractHandlerMethodMapping<?> mapping : methodMappings()) {
      mapping
          .getHandlerMethods()
          .forEach((route, method) -> check(route, method).ifPresent(unused::remove));
    }
    AnnotatedBeans.in(factory).forEach(this::requireProtection);
    if (!unused.isEmpty()) {
      LOG.warn("no handler is annotated with @VerifiedWebhook for " + unused);
    }
  }

  /** Those that call methods, also where they stand inside another mapping. */
  private List<AbstractHandlerMethodMapping<?>> methodMappings() {
    List<AbstractHandlerMethodMapping<?>> found = new ArrayList<>();
    mappings.orderedStream().forEach(mapping -> collect(mapping, found));
    return found;
  }

  private static void collect(Object mapping, List<AbstractHandlerMethodMapping<?>> found) {
    if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
      found.add(methods);
    } else if (mapping instanceof Iterable<?> several) {
      several.forEach(one -> collect(one, found));
    }
  }

  /** The name that the handler is annotated with. */
  private Optional<String> check(Object route, HandlerMethod method) {
    Class<?> target = target(method);
    Optional<String> webhook = AnnotatedHandlers.webhook(method.getMethod(), target);
    if (webhook.isEmpty()) {
      if (Stream.of(method.getMethodParameters())
          .anyMatch(parameter -> parameter.getParameterType() == VerifiedEvent.class)) {
        throw new ConfigurationException(
            method + " takes a VerifiedEvent: annotate it with @VerifiedWebhook");
      }
      return webhook;
    }
    String name = webhook.get();
    if (name.isEmpty() && !hasSelector) {
      throw new ConfigurationException(
          method + " names no webhook, and there is no WebhookSelector bean that chooses one");
    }
    if (!name.isEmpty() && verifiers.get(name).isEmpty()) {
      throw new ConfigurationException(
          method
              + " wants the webhook '"
              + name
              + "', but there "
              + (verifiers.names().isEmpty() ? "is none" : "are only " + verifiers.names())
              + ": configure hookseal.webhook."
              + name
              + ", or declare a Verifier bean of that name");
    }
    protectedTypes.add(target);
    protectedMethods.add(AopUtils.getMostSpecificMethod(method.getMethod(), target));
    LOG.info("verified as '" + name + "': " + route);
    return webhook;
  }

  private Class<?> target(HandlerMethod method) {
    Class<?> target =
        method.getBean() instanceof String name
            ? AnnotatedBeans.targetClass(factory, name)
            : AopProxyUtils.ultimateTargetClass(method.getBean());
    return target == null ? method.getBeanType() : target;
  }

  private void requireProtection(AnnotatedBeans.Annotated bean) {
    Set<Method> left = new HashSet<>(bean.methods());
    left.removeAll(protectedMethods);
    if (!left.isEmpty()) {
      throw noHandler(left.iterator().next().toGenericString());
    }
    if (bean.isAnnotated() && !protectedTypes.contains(bean.type())) {
      throw noHandler(bean.type().getName());
    }
  }

  private static ConfigurationException noHandler(String what) {
    return new ConfigurationException(
        what
            + " is annotated with @VerifiedWebhook, but is no handler method of a controller in"
            + " Spring MVC, so nothing would be verified: put the annotation on such a method, or"
            + " take it away and call Verifier.verify there");
  }
}
