package io.hookseal.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Refuses {@link VerifiedWebhook} where there is no Spring MVC that would heed it, as in a WebFlux
 * application.
 */
@AutoConfiguration
@Conditional(HooksealOutsideMvcAutoConfiguration.OutsideMvc.class)
public class HooksealOutsideMvcAutoConfiguration {
  /** Makes the configuration. */
  public HooksealOutsideMvcAutoConfiguration() {}

  /** A web application of another kind. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication
  static class OtherWeb {
    @Bean
    @Lazy(false)
    static OutsideMvcCheck hooksealOutsideMvcCheck(
        ConfigurableListableBeanFactory factory, Environment environment) {
      return new OutsideMvcCheck(factory, environment, true);
    }
  }

  /** No web application: a test, or a batch job, that may share beans and properties with one. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnNotWebApplication
  static class NoWeb {
    @Bean
    @Lazy(false)
    static OutsideMvcCheck hooksealOutsideMvcCheck(
        ConfigurableListableBeanFactory factory, Environment environment) {
      return new OutsideMvcCheck(factory, environment, false);
    }
  }

  /** Where {@link HooksealAutoConfiguration} does not apply. */
  static final class OutsideMvc extends NoneNestedConditions {
    OutsideMvc() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(name = "org.springframework.web.servlet.DispatcherServlet")
    static final class Mvc {}
  }
}
