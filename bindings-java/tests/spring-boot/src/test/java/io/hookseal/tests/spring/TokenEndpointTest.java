package io.hookseal.tests.spring;

import static io.hookseal.tests.spring.Http.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.TokenIssuer;
import io.hookseal.VerifiedEvent;
import io.hookseal.spring.TokenEndpoint;
import io.hookseal.spring.VerifiedWebhook;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A sender fetches a token with Spring Security's client, and delivers with it. */
@ExtendWith(OutputCaptureExtension.class)
final class TokenEndpointTest {
  private static final String CLIENT_SECRET = "a secret + of the client & more";
  private static final String SIGNING_SECRET = "32 bytes or more that sign a token";
  private static final String ISSUER = "https://example.com";
  private static final String AUDIENCE = "https://example.com/hooks";

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Receiver {
    @Bean
    TokenIssuer issuer() {
      return TokenIssuer.builder()
          .option("client_id", "sender")
          .option("client_secret", CLIENT_SECRET)
          .option("issuer", ISSUER)
          .option("audience", AUDIENCE)
          .option("scope", List.of("webhooks.write", "webhooks.read"))
          .option("hmac_secret", SIGNING_SECRET)
          .build();
    }

    @Bean
    ServletRegistrationBean<TokenEndpoint> tokens(TokenIssuer issuer) {
      return TokenEndpoint.at("/oauth2/token", issuer);
    }

    @VerifiedWebhook("orders")
    @PostMapping("/orders")
    String order(VerifiedEvent event) {
      return event.claims().get("scope") + " " + event.payload().length;
    }
  }

  private static App app;

  @BeforeAll
  static void start() {
    String orders = "hookseal.webhook.orders.";
    app =
        App.start(
            Map.of(
                orders + "scheme", "kaisa-oauth2",
                orders + "options.issuer", ISSUER,
                orders + "options.audience", AUDIENCE,
                orders + "options.scope", "webhooks.write",
                orders + "options.hmac-secret", SIGNING_SECRET),
            Receiver.class,
            FrontFilters.class);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  private static OAuth2AccessToken token(
      ClientAuthenticationMethod method, String secret, String... scopes) {
    ClientRegistration registration =
        ClientRegistration.withRegistrationId("sender")
            .clientId("sender")
            .clientSecret(secret)
            .clientAuthenticationMethod(method)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .tokenUri("http://127.0.0.1:" + app.port + "/oauth2/token")
            .scope(scopes)
            .build();
    return new RestClientClientCredentialsTokenResponseClient()
        .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration))
        .getAccessToken();
  }

  private static Http.Answer deliver(String token) throws Exception {
    return Http.send(
        app, "POST", "/orders", Map.of("Authorization", "Bearer " + token), bytes("{}"));
  }

  @Test
  void aSenderGetsATokenAndDelivers() throws Exception {
    for (ClientAuthenticationMethod method :
        List.of(
            ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
            ClientAuthenticationMethod.CLIENT_SECRET_POST)) {
      OAuth2AccessToken token = token(method, CLIENT_SECRET, "webhooks.write");
      assertEquals(Set.of("webhooks.write"), token.getScopes());
      assertEquals("webhooks.write 2", deliver(token.getTokenValue()).body());
      assertThrows(OAuth2AuthorizationException.class, () -> token(method, "wrong"));
      assertThrows(
          OAuth2AuthorizationException.class, () -> token(method, CLIENT_SECRET, "everything"));
    }
  }

  @Test
  void aTokenOfAnotherScopeIsRefusedAsTheStandardHasIt() throws Exception {
    OAuth2AccessToken token =
        token(ClientAuthenticationMethod.CLIENT_SECRET_BASIC, CLIENT_SECRET, "webhooks.read");
    Http.Answer answer = deliver(token.getTokenValue());
    assertEquals(403, answer.status());
    assertEquals("{\"error\":\"webhook_rejected\"}", answer.body());
    assertTrue(answer.headers().get("www-authenticate").contains("insufficient_scope"));

    Http.Answer junk = deliver("junk");
    assertEquals(401, junk.status());
    assertTrue(junk.headers().get("www-authenticate").startsWith("Bearer"));
  }

  private static Http.Answer ask(String method, byte[] body, String... header) throws Exception {
    Map<String, String> headers = new java.util.LinkedHashMap<>();
    headers.put("Content-Type", Http.FORM);
    for (int i = 0; i < header.length; i += 2) {
      headers.put(header[i], header[i + 1]);
    }
    return Http.send(app, method, "/oauth2/token", headers, body);
  }

  @Test
  void whateverElseComesIsAnswered(CapturedOutput output) throws Exception {
    byte[] body =
        bytes(
            "grant_type=client_credentials&client_id=sender"
                + "&client_secret=a+secret+%2B+of+the+client+%26+more");
    Http.Answer right = ask("POST", body);
    assertEquals(200, right.status());
    assertEquals("no-store", right.headers().get("cache-control"));
    assertEquals(Integer.toString(right.body().length()), right.headers().get("content-length"));

    for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS")) {
      Http.Answer answer = ask(method, body);
      assertEquals(405, answer.status(), method);
      assertEquals("POST", answer.headers().get("allow"));
    }
    assertEquals(401, ask("POST", new byte[16 * 1024]).status());
    assertTrue(output.getAll().contains("issued no token: 401 {\"error\":\"invalid_client\""));
    assertEquals(413, ask("POST", new byte[16 * 1024 + 1]).status());
    byte[] large = new byte[1 << 20];
    Arrays.fill(large, (byte) 'a');
    assertEquals(413, ask("POST", large).status());
    assertEquals(
        400, ask("POST", body, "Content-Type", "multipart/form-data; boundary=b").status());
    // The credentials are gone where a filter has parsed the form.
    assertEquals(401, ask("POST", body, "Front", "parameter").status());
  }
}
