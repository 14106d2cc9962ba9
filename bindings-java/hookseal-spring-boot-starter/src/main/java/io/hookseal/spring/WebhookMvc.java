package io.hookseal.spring;

import io.hookseal.ErrorCode;
import io.hookseal.VerificationException;
import io.hookseal.VerifiedEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The two ends inside Spring MVC: nobody gets to an annotated handler without the verification for
 * it, whichever way the request took, and the handler gets the event.
 */
final class WebhookMvc implements WebMvcConfigurer {
  private final Rejection rejection;

  WebhookMvc(Rejection rejection) {
    this.rejection = rejection;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new Guard(rejection)).order(Ordered.HIGHEST_PRECEDENCE);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new EventResolver());
  }

  private static final class Guard implements HandlerInterceptor {
    private final Rejection rejection;

    Guard(Rejection rejection) {
      this.rejection = rejection;
    }

    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler)
        throws IOException {
      Optional<String> wanted = WebhookTargets.webhook(handler);
      Optional<String> verified = Verification.of(request).map(Verification::webhook);
      if (wanted.isEmpty() || wanted.equals(verified)) {
        return true;
      }
      VerificationException error =
          new VerificationException(
              ErrorCode.INTERNAL,
              "the request reached the handler past the filter that verifies: by a forward, or by"
                  + " a mapping condition on a parameter of the body");
      // Whoever forwarded here may have begun a page of its own.
      response.reset();
      rejection.send(wanted.get(), error, request, response);
      return false;
    }
  }

  /** Resolves {@link VerifiedEvent} parameters. */
  static final class EventResolver implements HandlerMethodArgumentResolver {
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
