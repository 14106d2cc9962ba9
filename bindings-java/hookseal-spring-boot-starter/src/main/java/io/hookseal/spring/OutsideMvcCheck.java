package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import java.util.Optional;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Controller;

/** Keeps an application from starting in which nothing heeds the annotation or the properties. */
final class OutsideMvcCheck implements SmartInitializingSingleton {
  private static final String WHY =
      " only works with Spring MVC, and this application has none (WebFlux is another thing), so"
          + " nothing would be verified: call Verifier.verify in the handler, and make the Verifier"
          + " with Verifier.builder";

  private final ConfigurableListableBeanFactory factory;
  private final Environment environment;
  private final boolean servesHttp;

  /**
   * @param servesHttp whether there is a web server, so that controllers are called
   */
  OutsideMvcCheck(
      ConfigurableListableBeanFactory factory, Environment environment, boolean servesHttp) {
    this.factory = factory;
    this.environment = environment;
    this.servesHttp = servesHttp;
  }

  @Override
  public void afterSingletonsInstantiated() {
    Optional<AnnotatedBeans.Annotated> ignored =
        AnnotatedBeans.in(factory).stream().filter(this::isCalled).findFirst();
    if (ignored.isPresent()) {
      throw new ConfigurationException(
          "@VerifiedWebhook, which " + ignored.get().type().getName() + " has," + WHY);
    }
    if (servesHttp
        && Binder.get(environment)
            .bind(HooksealProperties.WEBHOOK, Bindable.mapOf(String.class, Object.class))
            .isBound()) {
      throw new ConfigurationException("the property " + HooksealProperties.WEBHOOK + WHY);
    }
  }

  /** Controllers are idle where nothing serves HTTP. */
  private boolean isCalled(AnnotatedBeans.Annotated bean) {
    return servesHttp || !AnnotatedElementUtils.hasAnnotation(bean.type(), Controller.class);
  }
}
