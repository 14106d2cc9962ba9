package io.hookseal.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets only verified deliveries reach a controller method, or all methods of a controller.
 *
 * <pre>{@code
 * @VerifiedWebhook("orders")
 * @PostMapping("/hooks/orders")
 * void order(VerifiedEvent event) { … }
 * }</pre>
 *
 * <p>The delivery is verified before any other filter, converter or resolver sees it; what is not
 * verified is answered with the status of its error and never reaches the method. The method may
 * take the {@link io.hookseal.VerifiedEvent} as a parameter, and can still read the body and its
 * parameters in every other way but as multipart.
 *
 * <p>The method must be reachable by its path, HTTP method, headers and query: a mapping condition
 * on a parameter of the body is not seen before the body is verified, so such a method is never
 * called.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface VerifiedWebhook {
  /**
   * The name of the webhook: an entry of {@code hookseal.webhook}, or a bean of type {@link
   * io.hookseal.Verifier}. A name that is neither keeps the application from starting.
   *
   * @return empty where the {@link WebhookSelector} bean chooses the verifier for each request
   */
  String value() default "";
}
