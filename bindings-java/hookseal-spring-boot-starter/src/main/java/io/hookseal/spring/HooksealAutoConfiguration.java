package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import io.hookseal.TokenIntrospector;
import io.hookseal.Verifier;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Protects the handlers that are annotated with {@link VerifiedWebhook}.
 *
 * <p>Verifiers come from {@code hookseal.webhook} and from {@link Verifier} beans. A {@link Clock}
 * bean, where there is exactly one, is the clock of the configured ones, and a {@link
 * TokenIntrospector} bean introspects the tokens of those that ask for it. A {@link
 * WebhookRejectionHandler} and a {@link WebhookSelector} are used where they are declared.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@EnableConfigurationProperties(HooksealProperties.class)
public class HooksealAutoConfiguration {
  /**
   * In front of every filter that reads bodies or parameters, behind those that set the encoding
   * and, where the application wants that, undo a proxy's forwarding.
   */
  public static final int FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

  /** Makes the configuration. */
  public HooksealAutoConfiguration() {}

  @Bean
  static OptionSources hooksealOptionSources(Environment environment) {
    return new OptionSources(environment);
  }

  @Bean
  @ConditionalOnMissingBean
  WebhookVerifiers hooksealVerifiers(
      HooksealProperties properties,
      Environment environment,
      ListableBeanFactory beans,
      ObjectProvider<Clock> clock,
      ObjectProvider<TokenIntrospector> introspector) {
    BlankProperties.reject(environment);
    UnknownProperties.reject(properties.getWebhook(), environment);
    ConnectionCheck.check(properties.getWebhook(), environment);
    Map<String, Verifier> verifiers = new HashMap<>(beans.getBeansOfType(Verifier.class));
    properties
        .getWebhook()
        .forEach(
            (name, webhook) -> {
              Verifier verifier =
                  VerifierFactory.make(
                      name, webhook, environment, clock.getIfUnique(), introspector.getIfUnique());
              if (verifiers.put(name, verifier) != null) {
                throw new ConfigurationException(
                    "the webhook '"
                        + name
                        + "' is configured, and a Verifier bean of that name"
                        + " is declared as well");
              }
            });
    return new WebhookVerifiers(verifiers);
  }

  @Bean
  RequestVerifier hooksealRequestVerifier(
      WebhookVerifiers verifiers,
      ObjectProvider<WebhookSelector> selector,
      ObjectProvider<WebhookRejectionHandler> handler) {
    Rejection rejection =
        new Rejection(handler.getIfAvailable(() -> (error, request, response) -> {}));
    return new RequestVerifier(verifiers, selector.getIfAvailable(), rejection);
  }

  @Bean
  FilterRegistrationBean<WebhookFilter> hooksealFilter(
      ObjectProvider<HandlerMapping> mappings,
      RequestVerifier requestVerifier,
      Environment environment) {
    boolean showsConnection = ForwardedHeaders.hideConnection(environment).isEmpty();
    FilterRegistrationBean<WebhookFilter> registration =
        new FilterRegistrationBean<>(
            new WebhookFilter(new WebhookTargets(mappings), requestVerifier, showsConnection));
    registration.setOrder(FILTER_ORDER);
    return registration;
  }

  @Bean
  WebhookHandlerAdapter hooksealHandlerAdapter(RequestVerifier requestVerifier) {
    return new WebhookHandlerAdapter(requestVerifier);
  }

  @Bean
  static EventArguments hooksealEventArguments() {
    return new EventArguments();
  }

  @Bean
  @Lazy(false)
  StartupCheck hooksealStartupCheck(
      ConfigurableListableBeanFactory factory,
      ObjectProvider<HandlerMapping> mappings,
      WebhookVerifiers verifiers,
      ObjectProvider<WebhookSelector> selector) {
    return new StartupCheck(factory, mappings, verifiers, selector.getIfAvailable() != null);
  }
}
