package io.hookseal.spring;

import io.hookseal.Reply;
import io.hookseal.TokenIssuer;
import io.hookseal.VerificationException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.web.servlet.ServletRegistrationBean;

/**
 * A token endpoint, for senders that ask for an access token first. Declare it as a bean:
 *
 * <pre>{@code
 * @Bean
 * ServletRegistrationBean<TokenEndpoint> tokens(TokenIssuer issuer) {
 *   return TokenEndpoint.at("/oauth2/token", issuer);
 * }
 * }</pre>
 *
 * <p>It is a servlet of its own, since the body has to be the one that was sent. Where Spring
 * Security is in front of it, permit the path and exempt it from the protection against CSRF.
 */
public final class TokenEndpoint extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final Log LOG = LogFactory.getLog(TokenEndpoint.class);

  private final transient TokenIssuer issuer;

  private TokenEndpoint(TokenIssuer issuer) {
    this.issuer = issuer;
  }

  /**
   * Mounts a token issuer.
   *
   * @param path the exact path, for example {@code /oauth2/token}
   * @param issuer answers the requests
   * @return to be declared as a bean
   */
  public static ServletRegistrationBean<TokenEndpoint> at(String path, TokenIssuer issuer) {
    return new ServletRegistrationBean<>(new TokenEndpoint(issuer), path);
  }

  /** Every method: the token issuer refuses what is not POST. */
  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Map<String, List<String>> headers =
        Stream.of("Content-Type", "Authorization")
            .collect(
                Collectors.toMap(name -> name, name -> Collections.list(request.getHeaders(name))));
    Reply reply = issuer.respond(request.getMethod(), headers, body(request));
    if (reply.status() != HttpServletResponse.SC_OK) {
      LOG.warn("issued no token: " + reply.status() + " " + reply.body());
    }
    Replies.send(reply, response);
  }

  private byte[] body(HttpServletRequest request) throws IOException {
    try {
      return RawBody.upTo(request, issuer.maxBodyBytes());
    } catch (VerificationException e) {
      LOG.error("token endpoint: " + e.getMessage());
      return new byte[0];
    }
  }
}
