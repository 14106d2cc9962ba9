package io.hookseal.spring;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** All beans that ask for verified deliveries, whether anything can give them that or not. */
final class AnnotatedBeans {
  private static final Log LOG = LogFactory.getLog(AnnotatedBeans.class);

  /**
   * The annotated part of a bean.
   *
   * @param type the class behind all proxies
   * @param isAnnotated whether the class itself is
   * @param methods those that are
   */
  record Annotated(Class<?> type, boolean isAnnotated, Set<Method> methods) {}

  private AnnotatedBeans() {}

  static Collection<Annotated> in(ConfigurableListableBeanFactory factory) {
    Map<Class<?>, Annotated> found = new LinkedHashMap<>();
    for (String name :
        BeanFactoryUtils.beanNamesForTypeIncludingAncestors(factory, Object.class, true, false)) {
      Class<?> type = ScopedProxyUtils.isScopedTarget(name) ? null : targetClass(factory, name);
      if (type != null
          && !found.containsKey(type)
          && AnnotationUtils.isCandidateClass(type, VerifiedWebhook.class)) {
        Annotated annotated = annotated(type);
        if (annotated.isAnnotated || !annotated.methods.isEmpty()) {
          found.put(type, annotated);
        }
      }
    }
    return found.values();
  }

  /** The class of a bean behind all proxies; null where it can't be told. */
  static Class<?> targetClass(ConfigurableListableBeanFactory factory, String name) {
    Object instance = factory.getSingleton(name);
    if (instance != null && !(instance instanceof FactoryBean<?>)) {
      return AopProxyUtils.ultimateTargetClass(instance);
    }
    try {
      String scoped = ScopedProxyUtils.getTargetBeanName(name);
      Class<?> type =
          AutoProxyUtils.determineTargetClass(
              factory, factory.containsBean(scoped) ? scoped : name);
      return type == null ? null : ClassUtils.getUserClass(type);
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("the class of the bean '" + name + "' is not known", e);
      return null;
    }
  }

  private static Annotated annotated(Class<?> type) {
    try {
      Set<Method> methods =
          MethodIntrospector.selectMethods(
              type, (Method method) -> AnnotatedHandlers.find(method).isPresent());
      return new Annotated(type, AnnotatedHandlers.find(type).isPresent(), methods);
    } catch (RuntimeException | LinkageError e) {
      // A class that refers to another one that is missing: nothing can call it.
      LOG.debug("the methods of " + type + " are not known", e);
      return new Annotated(type, false, Set.of());
    }
  }
}
