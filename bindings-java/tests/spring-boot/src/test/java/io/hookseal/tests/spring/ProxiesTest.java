package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;

/** The annotation on an implementation counts, whatever stands in front of it. */
final class ProxiesTest {
  @Controller
  @ResponseBody
  interface Api {
    @PostMapping("/method")
    String method(VerifiedEvent event);

    @PostMapping("/bare")
    String bare();
  }

  @Controller
  @ResponseBody
  interface WholeApi {
    @PostMapping("/whole")
    String whole();
  }

  static class Implementation implements Api {
    @Override
    @VerifiedWebhook("calls")
    public String method(VerifiedEvent event) {
      return "method " + event.scheme();
    }

    @Override
    @VerifiedWebhook("calls")
    public String bare() {
      return "bare";
    }
  }

  @VerifiedWebhook("calls")
  static class Whole implements WholeApi {
    @Override
    public String whole() {
      return "whole";
    }
  }

  @Controller
  @ResponseBody
  static class Base {
    @VerifiedWebhook("calls")
    public String inherited() {
      return "base";
    }
  }

  static class Derived extends Base {
    @Override
    @PostMapping("/inherited")
    public String inherited() {
      return "derived";
    }
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Application {
    @Bean
    Api implementation() {
      return new Implementation();
    }

    @Bean
    WholeApi whole() {
      return new Whole();
    }

    @Bean
    Derived derived() {
      return new Derived();
    }
  }

  /** What {@code spring.aop.proxy-target-class=false} makes of a bean with an interface. */
  @Configuration(proxyBeanMethods = false)
  static class InterfaceProxies {
    @Bean
    static BeanPostProcessor interfaceProxies() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          if (!(bean instanceof Api) && !(bean instanceof WholeApi)) {
            return bean;
          }
          ProxyFactory proxy = new ProxyFactory(bean);
          Object twice = new ProxyFactory(proxy.getProxy()).getProxy();
          assertEquals(true, Proxy.isProxyClass(twice.getClass()));
          return twice;
        }
      };
    }
  }

  /** A class that extends the bean's. */
  @Configuration(proxyBeanMethods = false)
  static class ClassProxies {
    @Bean
    static BeanPostProcessor classProxies() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          if (!(bean instanceof Api) && !(bean instanceof WholeApi) && !(bean instanceof Base)) {
            return bean;
          }
          ProxyFactory proxy = new ProxyFactory(bean);
          proxy.setProxyTargetClass(true);
          return proxy.getProxy();
        }
      };
    }
  }

  private static void check(App app) throws Exception {
    Map<String, String> answers =
        Map.of(
            "/method", "method plivo", "/bare", "bare", "/whole", "whole", "/inherited", "derived");
    for (Map.Entry<String, String> answer : answers.entrySet()) {
      String path = answer.getKey();
      assertEquals(answer.getValue(), Http.post(app, path, bytes("a=b")).body(), path);
      assertEquals(401, Http.send(app, "POST", path, Map.of(), bytes("a=b")).status(), path);
    }
  }

  @Test
  void behindProxiesOfEveryKind() throws Exception {
    try (App app = App.start(Application.class)) {
      check(app);
    }
    try (App app = App.start(Application.class, InterfaceProxies.class)) {
      check(app);
    }
    try (App app = App.start(Application.class, ClassProxies.class)) {
      check(app);
    }
  }
}
