package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.Hookseal;
import io.hookseal.spring.VerifiedWebhook;
import io.hookseal.spring.WebhookVerifiers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Options as files and environment variables write them: names and values by the schema. */
final class OptionsTest {
  private static final String CALLS = "hookseal.webhook.calls.";
  private static final String OTHER = "hookseal.webhook.other.";
  private static final String SECRET = "a secret of thirty-two bytes and of some more";
  private static final String VARIABLE = "HOOKSEAL_WEBHOOK_CALLS_";

  /** Starts and shows what became of it. */
  private static void starts(Map<String, Object> properties) {
    App.start(properties, StartupTest.Empty.class).close();
  }

  private static String fails(Map<String, Object> properties) {
    Map<String, Object> quiet = new HashMap<>(properties);
    quiet.put("logging.level.root", "off");
    Throwable cause = assertThrows(Exception.class, () -> starts(quiet));
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertFalse(cause.getMessage().contains(App.TOKEN), cause::getMessage);
    return cause.getMessage();
  }

  private static void failsWith(String text, Map<String, Object> properties) {
    String message = fails(properties);
    assertTrue(message.contains(text), message);
  }

  private static Map<String, Object> jwt(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(more);
    all.put(OTHER + "scheme", "bearer-jwt");
    all.putIfAbsent(OTHER + "options.issuer", "https://issuer.example");
    all.putIfAbsent(OTHER + "options.audience", "an audience");
    all.putIfAbsent(OTHER + "options.jwks-uri", "https://issuer.example/keys");
    return all;
  }

  @Test
  void aMisspeltPropertyTellsWhatIsMeant() {
    failsWith("did you mean allowed-ips?", Map.of(CALLS + "allowed-ip", "192.0.2.1"));
    failsWith("did you mean require-https?", Map.of(CALLS + "require-http", "true"));
    failsWith("did you mean public-url?", Map.of(CALLS + "publik-url", "https://x.example"));
    failsWith("did you mean options.auth-token?", Map.of(CALLS + "auth-token", App.TOKEN));
    Map<String, Object> variable = Map.of(VARIABLE + "ALLOWED_IP", "192.0.2.1");
    failsWith("did you mean " + VARIABLE + "ALLOWED_IPS?", Map.of(App.ENVIRONMENT, variable));
  }

  @Test
  void aMisspeltOptionTellsWhatIsMeant() {
    String message = fails(Map.of(CALLS + "options.auth-tokn", App.TOKEN));
    assertTrue(message.contains("did you mean auth-token?"), message);
    assertTrue(message.contains(CALLS + "options.auth-tokn"), message);
    message = fails(jwt(Map.of(OTHER + "options.max-lifetme", "1")));
    assertTrue(message.contains("did you mean max-lifetime?"), message);
  }

  @Test
  void bothSpellingsOfAName() {
    starts(Map.of(OTHER + "scheme", "plivo", OTHER + "options.auth_token", App.TOKEN));
    starts(Map.of(OTHER + "scheme", "plivo", OTHER + "options.authToken", App.TOKEN));
    starts(Map.of(OTHER + "scheme", "plivo", OTHER + "options.auth-token", App.TOKEN));
  }

  @Test
  void theEnvironmentOverridesAFile() throws Exception {
    Map<String, Object> all = new HashMap<>();
    all.put(CALLS + "options.auth-token", "what the file says");
    all.put(App.ENVIRONMENT, Map.of(VARIABLE + "OPTIONS_AUTH_TOKEN", App.TOKEN));
    try (App app = App.start(all, Calls.class)) {
      assertEquals("later plivo", Http.post(app, "/later", Http.bytes("From=1")).body());
    }
  }

  @Test
  void theEnvironmentHasNamesInGroupsToo() {
    String events = "HOOKSEAL_WEBHOOK_EVENTS_";
    Map<String, Object> variables = new HashMap<>();
    variables.put(events + "SCHEME", "azure-event-grid");
    variables.put(events + "OPTIONS_ENTRA_TENANT", "a-tenant");
    variables.put(events + "OPTIONS_ENTRA_AUDIENCE", "an-audience");
    variables.put(events + "OPTIONS_ENTRA_CLIENT_IDS_0", "one");
    variables.put(events + "OPTIONS_ENTRA_JWKS_MAX_AGE", "60");
    variables.put(events + "OPTIONS_ENTRA_ALLOW_MISSING_KID", "true");
    variables.put(events + "OPTIONS_HANDSHAKE_REQUIRES_PROOF", "false");
    starts(Map.of(App.ENVIRONMENT, variables));
    variables.put(events + "OPTIONS_ENTRA_CLIENT_IDZ", "one");
    String meant = "did you mean " + events + "OPTIONS_ENTRA_CLIENT_IDS?";
    failsWith(meant, Map.of(App.ENVIRONMENT, variables));
  }

  @Test
  void numbersTimesAndFlagsAreTextsInAFile() {
    Map<String, Object> texts = new HashMap<>();
    texts.put(OTHER + "options.jwks-max-age", "60");
    texts.put(OTHER + "options.jwks-cooldown", "1m");
    texts.put(OTHER + "options.max-lifetime", "PT1H");
    texts.put(OTHER + "options.allow-missing-kid", "true");
    texts.put(OTHER + "tolerance", "30");
    starts(jwt(texts));
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of(OTHER + "options.jwks-max-age", "soon"),
            Map.of(OTHER + "options.jwks-max-age", "1500ms"),
            Map.of(OTHER + "options.jwks-max-age", "0"))) {
      failsWith("hookseal.webhook.other.options.jwks-max-age", jwt(wrong));
    }
    failsWith(
        "option allow-missing-kid", jwt(Map.of(OTHER + "options.allow-missing-kid", "perhaps")));
    // Without a unit these are seconds, and ten minutes are too many here.
    failsWith("hookseal.webhook.other.tolerance", jwt(Map.of(OTHER + "tolerance", "600")));
    failsWith("hookseal.webhook.other.tolerance", jwt(Map.of(OTHER + "tolerance", "1500ms")));
  }

  @Test
  void aRateIsANumberOrAnything() {
    String events = "hookseal.webhook.events.";
    for (String rate : List.of("120", "*")) {
      starts(
          Map.of(
              events + "scheme", "azure-event-grid",
              events + "options.url-token", "a token of the tests",
              events + "options.allowed-rate", rate));
    }
  }

  @Test
  void listsAndWhatCommasSeparate() {
    starts(jwt(Map.of(OTHER + "options.algorithms", "RS256, ES256")));
    starts(
        jwt(
            Map.of(
                OTHER + "options.algorithms[0]", "RS256",
                OTHER + "options.algorithms[1]", "ES256")));
    failsWith("algorithms", jwt(Map.of(OTHER + "options.algorithms", "RS256,NONE")));
    starts(Map.of(CALLS + "allowed-ips", "192.0.2.1, 198.51.100.0/24"));
    failsWith(CALLS + "allowed-ips", Map.of(CALLS + "allowed-ips", "192.0.2.1, nowhere"));
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Tokens {
    @VerifiedWebhook("other")
    @PostMapping("/other")
    String other() {
      return "other";
    }

    @VerifiedWebhook("single")
    @PostMapping("/single")
    String single() {
      return "single";
    }
  }

  private static int status(App app, String path, String claims) throws Exception {
    byte[] key = SECRET.getBytes(StandardCharsets.UTF_8);
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String token =
        base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8))
            + '.'
            + base64.encodeToString(
                ("{\"iss\":\"i\",\"exp\":"
                        + (System.currentTimeMillis() / 1000 + 60)
                        + claims
                        + '}')
                    .getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    String signature = base64.encodeToString(mac.doFinal(token.getBytes(StandardCharsets.UTF_8)));
    Map<String, String> headers = Map.of("Authorization", "Bearer " + token + '.' + signature);
    return Http.send(app, "POST", path, headers, new byte[0]).status();
  }

  @Test
  void claimsHaveTypesAndCommasSeparateTexts() throws Exception {
    Map<String, Object> texts = new HashMap<>();
    for (String webhook : List.of(OTHER, "hookseal.webhook.single.")) {
      texts.put(webhook + "scheme", "bearer-jwt");
      texts.put(webhook + "options.issuer", "i");
      texts.put(webhook + "options.hmac-secret", SECRET);
    }
    texts.put(OTHER + "options.audience", "a, b");
    texts.put(OTHER + "options.claims.level", "3");
    texts.put(OTHER + "options.claims.on[0]", "true");
    texts.put(OTHER + "options.claims.id", "\"7\"");
    texts.put(OTHER + "options.claims.role", "x,y");
    texts.put("hookseal.webhook.single.options.audience[0]", "a,b");
    try (App app = App.start(texts, StartupTest.Empty.class, Tokens.class)) {
      String claims = ",\"aud\":\"b\",\"level\":3,\"on\":true,\"id\":\"7\",\"role\":\"x,y\"";
      assertEquals(200, status(app, "/other", claims));
      assertEquals(401, status(app, "/other", claims.replace("3", "\"3\"")));
      assertEquals(401, status(app, "/other", claims.replace("true", "\"true\"")));
      assertEquals(401, status(app, "/other", claims.replace("\"7\"", "7")));
      assertEquals(401, status(app, "/other", claims.replace("x,y", "x")));
      assertEquals(200, status(app, "/single", ",\"aud\":\"a,b\""));
      assertEquals(401, status(app, "/single", ",\"aud\":\"a\""));
    }
  }

  @Test
  void aSecretMayBeAnyText() {
    failsWith(
        "the secret is a placeholder",
        Map.of(OTHER + "scheme", "plivo", OTHER + "options.auth-token", "true"));
    starts(Map.of(OTHER + "scheme", "plivo", OTHER + "options.auth-token", "12345678"));
  }

  @Test
  void anOptionIsGivenOnce() {
    failsWith("given twice", Map.of(CALLS + "options.public-url", App.PUBLIC_URL));
  }

  @Test
  void whatAServerHidesIsAlsoHiddenFromOptions() {
    failsWith(
        "hookseal.webhook.calls.allowed-ips: needs",
        Map.of(
            "server.forward-headers-strategy",
            "native",
            CALLS + "options.allowed-ips",
            "192.0.2.1"));
  }

  @Test
  void editorsKnowEverySchemeAndOption() throws IOException {
    String metadata = metadata();
    for (Map<String, Object> scheme : Hookseal.schemes()) {
      assertTrue(metadata.contains('"' + (String) scheme.get("id") + '"'), metadata);
      for (Object option : (List<?>) scheme.get("options")) {
        Map<?, ?> entry = (Map<?, ?>) option;
        String name = ((String) entry.get("name")).replace('_', '-');
        if (Boolean.FALSE.equals(entry.get("common"))) {
          assertTrue(metadata.contains(".options." + name + '"'), name);
        }
      }
    }
  }

  /** That of the starter, among others on the class path. */
  private static String metadata() throws IOException {
    ClassLoader loader = WebhookVerifiers.class.getClassLoader();
    String file = "META-INF/spring-configuration-metadata.json";
    for (URL url : Collections.list(loader.getResources(file))) {
      try (InputStream stream = url.openStream()) {
        String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        if (text.contains("hookseal.webhook")) {
          return text;
        }
      }
    }
    throw new AssertionError("the starter has no metadata");
  }
}
