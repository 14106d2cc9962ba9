package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.Hookseal;
import io.hookseal.TokenIntrospector;
import io.hookseal.spring.HooksealAutoConfiguration;
import io.hookseal.spring.HooksealProperties;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What counts where properties stand in several sources, or in one that writes them otherwise. */
final class SourcesTest {
  private static final String CALLS = "hookseal.webhook.calls.";
  private static final String OPTIONS = CALLS + "options.";
  private static final String VARIABLE = "HOOKSEAL_WEBHOOK_CALLS_";
  private static final String SECRET = "a secret of the tests and of them alone";

  private static PropertySource<?> file(Object... namesAndValues) {
    Map<String, Object> map = map(namesAndValues);
    return new MapPropertySource("file " + System.identityHashCode(map), map);
  }

  private static PropertySource<?> variables(Object... namesAndValues) {
    return new SystemEnvironmentPropertySource("test-systemEnvironment", map(namesAndValues));
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static PropertySource<?> github() {
    return file(CALLS + "scheme", "github", OPTIONS + "secret", SECRET);
  }

  private static PropertySource<?> jwt() {
    return file(
        CALLS + "scheme",
        "bearer-jwt",
        OPTIONS + "issuer",
        "https://issuer.example",
        OPTIONS + "audience",
        "an audience",
        OPTIONS + "jwks-uri",
        "https://issuer.example/keys");
  }

  /** Starts without a server, with the first of the sources counting most. */
  private static void run(
      Consumer<AssertableWebApplicationContext> check, Class<?> beans, PropertySource<?>... all) {
    new WebApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(HooksealAutoConfiguration.class))
        .withUserConfiguration(beans)
        .withInitializer(
            context -> {
              ConfigurableEnvironment environment = context.getEnvironment();
              for (PropertySource<?> source : all) {
                environment.getPropertySources().addLast(source);
              }
            })
        .run(check::accept);
  }

  private static Map<String, Object> options(PropertySource<?>... sources) {
    Map<String, Object> options = new HashMap<>();
    run(
        context -> {
          assertNull(context.getStartupFailure());
          HooksealProperties properties = context.getBean(HooksealProperties.class);
          options.putAll(properties.getWebhook().get("calls").getOptions());
        },
        Object.class,
        sources);
    return options;
  }

  private static void starts(PropertySource<?>... sources) {
    assertFalse(options(sources).isEmpty());
  }

  private static void fails(String because, PropertySource<?>... sources) {
    run(
        context -> {
          Throwable cause = context.getStartupFailure();
          assertNotNull(cause, because);
          while (cause.getCause() != null) {
            cause = cause.getCause();
          }
          assertTrue(cause.getMessage().contains(because), cause::getMessage);
          assertFalse(cause.getMessage().contains(SECRET), cause::getMessage);
        },
        Object.class,
        sources);
  }

  @Test
  void aFileDoesNotTearNamesApart() {
    String reason = "nothing reads the property hookseal.webhook.calls.";
    fails(reason + "allowed.ips", file(CALLS + "allowed.ips", "192.0.2.1"), github());
    fails("did you mean allowed-ips?", file(CALLS + "allowed.ips", "192.0.2.1"), github());
    fails(reason + "require.https", file(CALLS + "require.https", true), github());
    fails(reason + "require-https[0]", file(CALLS + "require-https[0]", true), github());
    // By another name Spring does not take it for the environment either.
    fails(
        reason + "require.https",
        new SystemEnvironmentPropertySource("other", map(CALLS + "require.https", "true")),
        github());
  }

  @Test
  void variablesTearNamesAtHyphensOnly() {
    fails("nothing reads", variables(VARIABLE + "REQUIRE_HTTPS_0", "true"), github());
    fails("nothing reads", variables(VARIABLE + "RE_QUIREHTTPS", "true"), github());
    fails("nothing reads", variables(VARIABLE + "MAX_BODYSIZE", "1KB"), github());
    for (String name : List.of("ALLOWED_IPS_0", "ALLOWEDIPS")) {
      fails("option " + VARIABLE + name + ": ", variables(VARIABLE + name, "nowhere"), github());
    }
    fails(VARIABLE + "TOLERANCE", variables(VARIABLE + "TOLERANCE", "999999999"), github());
  }

  @Test
  void aBlankPropertyIsNoneThatIsNotSet() {
    PropertySource<?> github = github();
    PropertySource<?> https = file(CALLS + "require-https", "true");
    fails(
        "the environment variable " + VARIABLE + "REQUIRE_HTTPS is blank",
        variables(VARIABLE + "REQUIRE_HTTPS", ""),
        https,
        github);
    fails(VARIABLE + "PUBLIC_URL is blank", variables(VARIABLE + "PUBLIC_URL", " "), github);
    for (String name :
        List.of("require-https", "tolerance", "max-body-size", "public-url", "allowed-ips")) {
      fails(CALLS + name + " is blank", file(CALLS + name, ""), github);
      fails(CALLS + name + " is blank", file(CALLS + name, "${not.set.anywhere:}"), github);
    }
    fails("require-https is blank", file(CALLS + "require-https", " \t"), github);
    fails("is blank", file(CALLS + "allowed-ips[0]", ""), github);
    fails("option allow-missing-kid", file(OPTIONS + "allow-missing-kid", ""), jwt());
    starts(https, file(CALLS + "require-https", ""), github);
    starts(
        variables(VARIABLE + "REQUIRE_HTTPS", "true"), file(CALLS + "require-https", ""), github);
  }

  @Test
  void aBlankOptionIsNoneThatIsNotSet() {
    for (Map<String, Object> scheme : Hookseal.schemes()) {
      if (scheme.get("id").equals("bearer-jwt")) {
        for (Object option : (List<?>) scheme.get("options")) {
          String name = (String) ((Map<?, ?>) option).get("name");
          fails("option " + name, file(OPTIONS + name, ""), jwt());
        }
      }
    }
  }

  @Test
  void aWithdrawnSecretIsGone() {
    PropertySource<?> old =
        file(OPTIONS + "secret[0]", "the first old one", OPTIONS + "secret[1]", "the second one");
    PropertySource<?> scheme = file(CALLS + "scheme", "github");
    Map<String, String> list = Map.of("0", SECRET);
    assertEquals(list, options(file(OPTIONS + "secret[0]", SECRET), old, scheme).get("secret"));
    PropertySource<?> variable = variables(VARIABLE + "OPTIONS_SECRET_0", SECRET);
    assertEquals(list, options(variable, old, scheme).get("secret"));
    assertEquals(SECRET, options(file(OPTIONS + "secret", SECRET), old, scheme).get("secret"));
    assertEquals(
        Map.of("new", SECRET),
        options(file(OPTIONS + "secret.new", SECRET), old, scheme).get("secret"));
    PropertySource<Object> withoutNames =
        new PropertySource<>("a store", new Object()) {
          @Override
          public Object getProperty(String name) {
            return name.equals(OPTIONS + "secret[0]") ? SECRET : null;
          }
        };
    assertEquals(list, options(withoutNames, old, scheme).get("secret"));
  }

  @Test
  void aListIsOfOneSource() {
    PropertySource<?> longer =
        file(
            OPTIONS + "algorithms[0]", "RS256",
            OPTIONS + "algorithms[1]", "ES256",
            OPTIONS + "claims.azp[0]", "one",
            OPTIONS + "claims.azp[1]", "two",
            OPTIONS + "claims.level", "3");
    PropertySource<?> shorter =
        file(OPTIONS + "algorithms[0]", "PS256", OPTIONS + "claims.azp[0]", "three");
    Map<String, Object> options = options(shorter, longer, jwt());
    assertEquals(Map.of("0", "PS256"), options.get("algorithms"));
    // Every claim demands more, so none is lost.
    assertEquals(Map.of("azp", Map.of("0", "three"), "level", "3"), options.get("claims"));
  }

  @Test
  void aGroupHasMembersOfSeveralSources() {
    PropertySource<?> base =
        file(
            CALLS + "scheme", "azure-event-grid",
            OPTIONS + "entra.tenant", "a-tenant",
            OPTIONS + "entra.audience", "an-audience",
            OPTIONS + "entra.client-ids[0]", "one",
            OPTIONS + "entra.client-ids[1]", "two");
    PropertySource<?> variable = variables(VARIABLE + "OPTIONS_ENTRA_CLIENT_IDS_0", "three");
    assertEquals(
        Map.of("tenant", "a-tenant", "audience", "an-audience", "client_ids", Map.of("0", "three")),
        options(variable, base).get("entra"));
  }

  @Test
  void theFirstSourceCountsWhateverItsSpelling() {
    PropertySource<?> base = file(CALLS + "scheme", "plivo", OPTIONS + "authToken", "old");
    assertEquals(Map.of("auth_token", SECRET), options(file(OPTIONS + "auth-token", SECRET), base));
    assertEquals(
        Map.of("auth_token", SECRET),
        options(variables(VARIABLE + "OPTIONS_AUTH_TOKEN", SECRET), base));
    String other = "hookseal.webhook.Calls.options.auth-token";
    assertEquals(Map.of("auth_token", SECRET), options(file(other, SECRET), base));
  }

  @Test
  void onlyVariablesTearOptionsApart() {
    PropertySource<?> torn = file(OPTIONS + "auth.token", SECRET, OPTIONS + "auth-token", "other");
    fails("auth", torn, file(CALLS + "scheme", "plivo"));
    PropertySource<?> behind = file(OPTIONS + "jwks.uri", "https://old.example/keys");
    fails("option jwks.uri: ", variables(VARIABLE + "OPTIONS_JWKS_MAX_AGE", "60"), jwt(), behind);
    assertEquals(
        "60",
        options(variables(VARIABLE + "OPTIONS_JWKS_MAX_AGE", "60"), jwt()).get("jwks_max_age"));
  }

  @Test
  void aMisspeltVariableIsNamedAsItStands() {
    PropertySource<?> plivo = file(CALLS + "scheme", "plivo");
    String tokn = VARIABLE + "OPTIONS_AUTH_TOKN";
    String meant = "did you mean " + VARIABLE + "OPTIONS_AUTH_TOKEN?";
    fails(
        "option " + tokn + " is unknown to scheme plivo; " + meant, variables(tokn, SECRET), plivo);
    fails("option " + tokn, variables(tokn + "_0", SECRET), plivo);
    fails(
        "nothing reads the environment variable "
            + (VARIABLE + "AUTH_TOKEN; did you mean " + VARIABLE + "OPTIONS_AUTH_TOKEN?"),
        variables(VARIABLE + "AUTH_TOKEN", SECRET),
        plivo);
    fails(
        "option " + VARIABLE + "OPTIONS_AUTH_TOKEN (key",
        variables(VARIABLE + "OPTIONS_AUTH_TOKEN", ""),
        plivo);
  }

  @Test
  void anOptionIsNamedAsItsSourceWritesIt() {
    PropertySource<?> plivo = file(CALLS + "scheme", "plivo");
    String why = " is unknown to scheme plivo; did you mean ";
    fails("auth-tokn" + why + "auth-token?", file(OPTIONS + "auth-tokn", SECRET), plivo);
    fails("authTokn" + why + "authToken?", file(OPTIONS + "authTokn", SECRET), plivo);
    fails("auth_tokn" + why + "auth_token?", file(OPTIONS + "auth_tokn", SECRET), plivo);
    fails("option auth-token is missing: ", plivo);
    fails(
        "option trusted-proxies: name the public hosts in allowed-hosts as well, or set public-url",
        file(CALLS + "trusted-proxies", "10.0.0.1"),
        github());
    PropertySource<?> events =
        file(CALLS + "scheme", "azure-event-grid", OPTIONS + "entra.tenant", "a-tenant");
    fails(
        "option entra.max-lifetime: expected",
        file(OPTIONS + "entra.max-lifetime", "0", OPTIONS + "entra.audience", "x"),
        events);
    fails("did you mean entra.client-ids?", file(OPTIONS + "entra.client-idz", "x"), events);
  }

  @Test
  void whatIsNotThereIsTold() {
    fails(
        "hookseal.webhook.calls: there is no scheme: set hookseal.webhook.calls.scheme",
        file(OPTIONS + "secret", SECRET));
  }

  @Test
  void aLabelIsNoPartOfAName() {
    PropertySource<?> labelled =
        file(CALLS + "scheme", "azure-event-grid", OPTIONS + "url-token.param", SECRET);
    assertEquals(Map.of("url_token", Map.of("param", SECRET)), options(labelled));
    Map<String, Object> rotation =
        options(
            variables(
                VARIABLE + "OPTIONS_AUTH_TOKEN_0",
                "new",
                VARIABLE + "OPTIONS_AUTH_TOKEN_1",
                SECRET),
            file(CALLS + "scheme", "plivo"));
    assertEquals(Map.of("auth_token", Map.of("0", "new", "1", SECRET)), rotation);
    Map<String, Object> variable =
        options(
            variables(VARIABLE + "OPTIONS_AUTH_TOKEN_MAIN", SECRET),
            file(CALLS + "scheme", "plivo"));
    assertEquals(Map.of("auth_token", Map.of("main", SECRET)), variable);
  }

  @Test
  void nothingIsGivenTwiceInOneSource() {
    fails(
        "is given twice",
        file(CALLS + "require-https", true, CALLS + "requireHttps", false),
        github());
    fails(
        "is given twice", file(OPTIONS + "secret", SECRET, OPTIONS + "secret[0]", "old"), github());
    fails(
        "is given twice",
        variables(VARIABLE + "OPTIONS_AUTH_TOKEN", SECRET, VARIABLE + "OPTIONS_AUTHTOKEN", "old"),
        file(CALLS + "scheme", "plivo"));
  }

  @Test
  void whereOthersReadTooAMisspeltWebhookIsTold() {
    for (String name : List.of("WEBHOOKS", "WEBHOK", "WEB_HOOK", "WEB_HOOKS", "WEBHOOKCALLS")) {
      String variable = "HOOKSEAL_" + name + "_CALLS_REQUIRE_HTTPS";
      fails("reads the environment variable " + variable, variables(variable, "true"), github());
    }
    starts(
        variables("HOOKSEAL_SOMETHING_ELSE", "1", "HOOKSEAL_WEB_ROOT", "1", "HOOKSEAL_HOME", "1"),
        variables("HOOKSEAL_WEBHOOKS", "a file of another program"),
        github());
    System.setProperty("hookseal.webhok.calls.require-https", "true");
    try {
      fails("nothing reads the property hookseal.webhok", github());
    } finally {
      System.clearProperty("hookseal.webhok.calls.require-https");
    }
  }

  @Test
  void aSchemeOfOnesOwnHasTheOptionsOfOthers() {
    PropertySource<?> own =
        file(
            CALLS + "scheme",
            """
            {"id": "own", "title": "Own", "docs": "https://own.example", "status": "stable",
             "jwt": {"algorithms": ["RS256"], "audience_hint": "yours"}}
            """,
            OPTIONS + "issuer",
            "https://issuer.example",
            OPTIONS + "audience",
            "an audience",
            OPTIONS + "jwks-uri",
            "https://issuer.example/keys",
            OPTIONS + "max-lifetime",
            "600");
    starts(own);
    starts(variables(VARIABLE + "OPTIONS_JWKS_MAX_AGE", "1m"), own);
  }

  @Configuration(proxyBeanMethods = false)
  static class Introspects {
    @Bean
    TokenIntrospector introspector() {
      return token -> "{}";
    }
  }

  @Test
  void aClaimIsNoSwitch() {
    run(
        context -> assertNull(context.getStartupFailure()),
        Introspects.class,
        file(OPTIONS + "claims.introspection", true),
        jwt());
  }
}
