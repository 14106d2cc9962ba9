package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.VerifiedEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Keeps an application from starting whose handlers could not be protected as they ask. */
final class StartupCheck implements SmartInitializingSingleton {
  private static final Log LOG = LogFactory.getLog(StartupCheck.class);

  private final ObjectProvider<RequestMappingHandlerMapping> mappings;
  private final ObjectProvider<RequestMappingHandlerAdapter> adapters;
  private final WebhookVerifiers verifiers;
  private final boolean hasSelector;

  StartupCheck(
      ObjectProvider<RequestMappingHandlerMapping> mappings,
      ObjectProvider<RequestMappingHandlerAdapter> adapters,
      WebhookVerifiers verifiers,
      boolean hasSelector) {
    this.mappings = mappings;
    this.adapters = adapters;
    this.verifiers = verifiers;
    this.hasSelector = hasSelector;
  }

  @Override
  public void afterSingletonsInstantiated() {
    Set<String> used = new TreeSet<>();
    mappings
        .orderedStream()
        .forEach(
            mapping ->
                mapping
                    .getHandlerMethods()
                    .forEach((route, method) -> check(route, method).ifPresent(used::add)));
    if (!used.isEmpty() && adapters.stream().noneMatch(StartupCheck::knowsEvents)) {
      throw new ConfigurationException(
          "Spring MVC is configured without WebMvcConfigurer beans, so annotated handlers can't be"
              + " protected: extend WebMvcConfigurer and not WebMvcConfigurationSupport");
    }
    Set<String> unused = new TreeSet<>(verifiers.names());
    unused.removeAll(used);
    if (!unused.isEmpty()) {
      LOG.warn("no handler is annotated with @VerifiedWebhook for " + unused);
    }
  }

  /** The name that the handler is annotated with. */
  private Optional<String> check(RequestMappingInfo route, HandlerMethod method) {
    Optional<String> webhook = WebhookTargets.webhook(method);
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
              + "', but there are only "
              + verifiers.names()
              + ": configure hookseal.webhook."
              + name
              + ", or declare a Verifier bean of that name");
    }
    LOG.info("verified as '" + name + "': " + route);
    return webhook;
  }

  private static boolean knowsEvents(RequestMappingHandlerAdapter adapter) {
    return Optional.ofNullable(adapter.getArgumentResolvers()).orElse(List.of()).stream()
        .anyMatch(WebhookMvc.EventResolver.class::isInstance);
  }
}
