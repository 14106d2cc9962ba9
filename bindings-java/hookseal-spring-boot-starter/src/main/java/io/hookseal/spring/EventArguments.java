package io.hookseal.spring;

import io.hookseal.VerifiedEvent;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Lets handlers take the {@link VerifiedEvent}, wherever they are configured. It has to come first:
 * another resolver might make an event of what the request says.
 */
final class EventArguments implements BeanPostProcessor {
  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof RequestMappingHandlerAdapter adapter) {
      List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>();
      resolvers.add(new EventResolver());
      Optional.ofNullable(adapter.getArgumentResolvers()).ifPresent(resolvers::addAll);
      adapter.setArgumentResolvers(resolvers);
    }
    return bean;
  }

  private static final class EventResolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == VerifiedEvent.class;
    }

    @Override
    public VerifiedEvent resolveArgument(
        MethodParameter parameter,
        ModelAndViewContainer container,
        NativeWebRequest request,
        WebDataBinderFactory binderFactory) {
      return Optional.ofNullable(request.getNativeRequest(HttpServletRequest.class))
          .flatMap(Verification::of)
          .map(Verification::event)
          .orElseThrow(
              () -> new IllegalStateException("the request was not verified: " + parameter));
    }
  }
}
