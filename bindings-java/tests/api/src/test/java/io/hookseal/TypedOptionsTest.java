package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hookseal.providers.AzureEventGrid;
import io.hookseal.providers.Enablex;
import io.hookseal.providers.Plivo;
import io.hookseal.providers.StandardWebhooks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The builders that are generated: {@link EveryTypedOption} shows that they compile. */
final class TypedOptionsTest {
  private static final String TOKEN = "an auth token of the tests";

  @TempDir Path classes;

  @Test
  void theyAreTheOptionsThatTheNativeLibraryKnows() {
    Map<String, Set<String>> known = new TreeMap<>();
    for (Map<String, Object> scheme : Hookseal.schemes()) {
      known.put((String) scheme.get("id"), names((List<?>) scheme.get("options")));
    }
    Map<String, Set<String>> typed = new TreeMap<>();
    EveryTypedOption.verifiers()
        .forEach((id, builder) -> typed.put(id, new TreeSet<>(builder.options.values().keySet())));
    assertEquals(known, typed);
  }

  @Test
  void soAreThoseOfAGroup() {
    Map<String, ?> given = EveryTypedOption.verifiers().get("azure-event-grid").options.values();
    Set<String> typed = new TreeSet<>();
    ((Map<?, ?>) given.get("entra")).keySet().forEach(name -> typed.add((String) name));
    for (Map<String, Object> scheme : Hookseal.schemes()) {
      for (Object option : (List<?>) scheme.get("options")) {
        Map<?, ?> entry = (Map<?, ?>) option;
        if (entry.get("name").equals("entra")) {
          assertEquals(names((List<?>) entry.get("members")), typed);
          return;
        }
      }
    }
    throw new AssertionError("no scheme has such a group");
  }

  @Test
  void theTokenIssuerKnowsEveryOneOfItsOwn() {
    // An unknown name is the first fault that is told.
    ConfigurationException refusal =
        assertThrows(
            ConfigurationException.class,
            () -> EveryTypedOption.tokenIssuer().option("no_such", "x").build());
    String allowed = refusal.detail();
    Set<String> typed = EveryTypedOption.tokenIssuer().options.values().keySet();
    String list = allowed.substring(allowed.indexOf("allowed are ") + "allowed are ".length());
    assertEquals(new TreeSet<>(List.of(list.split(", "))), new TreeSet<>(typed), allowed);
  }

  private static Set<String> names(List<?> options) {
    Set<String> names = new TreeSet<>();
    options.forEach(option -> names.add((String) ((Map<?, ?>) option).get("name")));
    return names;
  }

  @Test
  void aSecretHasFourForms() {
    byte[] bytes = TOKEN.getBytes(StandardCharsets.UTF_8);
    List<Supplier<Plivo>> forms =
        List.of(
            () -> Plivo.verifier().authToken(TOKEN),
            () -> Plivo.verifier().authToken(bytes),
            () -> Plivo.verifier().authToken(List.of(TOKEN, "another one")),
            () -> Plivo.verifier().authToken(Map.of("a label", TOKEN)));
    for (Supplier<Plivo> form : forms) {
      try (Verifier typed = form.get().build();
          Verifier byName = Verifier.builder("plivo").option("auth_token", TOKEN).build()) {
        WebhookRequest request =
            WebhookRequest.of("POST", "https://example.com/x", Map.of(), new byte[0]);
        WebhookRequest signed =
            WebhookRequest.of("POST", "https://example.com/x", byName.sign(request), new byte[0]);
        assertEquals("plivo", typed.verify(signed).scheme());
      }
    }
  }

  @Test
  void aDurationIsSecondsAndNothingLess() {
    StandardWebhooks builder = StandardWebhooks.verifier().secret("c2VjcmV0IG9mIHRoZSB0ZXN0cw==");
    OptionSet<StandardWebhooks> set = builder.tolerance(Duration.ofMinutes(2));
    assertEquals(120L, set.options.values().get("tolerance"));
    refused("tolerance", () -> builder.tolerance(Duration.ofMillis(1500)));
    refused("tolerance", () -> builder.tolerance(null).build());
  }

  @Test
  void nullIsToldByTheOptionsName() {
    refused(
        "`auth_token` is null (is its environment variable set?)",
        () -> Plivo.verifier().authToken((String) null).build());
    refused("plaintext", () -> Enablex.verifier().appId("an id").plaintext(null).build());
    refused("entra", () -> AzureEventGrid.verifier().entra(null).build());
    Consumer<AzureEventGrid.Entra> nothing = group -> {};
    refused("tenant", () -> AzureEventGrid.verifier().entra(nothing).build());
  }

  @Test
  void noValueIsShown() {
    String shown = Plivo.verifier().authToken(TOKEN).toString();
    assertEquals("Plivo[auth_token]", shown);
    assertFalse(TokenIssuer.builder().clientSecret(TOKEN).toString().contains(TOKEN));
  }

  private static void refused(String naming, Runnable work) {
    ConfigurationException refusal = assertThrows(ConfigurationException.class, work::run);
    assertTrue(refusal.detail().contains(naming), refusal::detail);
  }

  @Test
  void whatIsSpeltRightCompiles() {
    assertEquals(List.of(), errors("io.hookseal.providers.Plivo.verifier().authToken(\"x\")"));
    assertEquals(
        List.of(),
        errors(
            "io.hookseal.providers.AzureEventGrid.verifier()"
                + ".entra(entra -> entra.tenant(\"t\").audience(\"a\"))"));
  }

  @Test
  void aMisspeltOptionDoesNotCompile() {
    cannotFind("method authTokn", "io.hookseal.providers.Plivo.verifier().authTokn(\"x\")");
    cannotFind("method alowedIps", "io.hookseal.providers.Plivo.verifier().alowedIps(\"x\")");
    cannotFind(
        "method tenat",
        "io.hookseal.providers.AzureEventGrid.verifier().entra(entra -> entra.tenat(\"t\"))");
    cannotFind("method clientIdd", "TokenIssuer.builder().clientIdd(\"x\")");
    // An option of another scheme is none of this one, and neither is a common one without effect.
    cannotFind("method publicKey", "io.hookseal.providers.Plivo.verifier().publicKey(\"x\")");
    cannotFind(
        "method tolerance",
        "io.hookseal.providers.Plivo.verifier().tolerance(java.time.Duration.ZERO)");
  }

  @Test
  void aMisspeltSchemeOrChoiceDoesNotCompile() {
    cannotFind("class Plvio", "io.hookseal.providers.Plvio.verifier().authToken(\"x\")");
    cannotFind(
        "variable JSN",
        "io.hookseal.providers.Enablex.verifier()"
            + ".plaintext(io.hookseal.providers.Enablex.Plaintext.JSN)");
  }

  @Test
  void aValueOfAnotherTypeDoesNotCompile() {
    for (String call : List.of("requireHttps(\"true\")", "publicUrl(1)", "authToken(12345)")) {
      List<String> errors = errors("io.hookseal.providers.Plivo.verifier()." + call);
      assertEquals(1, errors.size(), errors::toString);
      String error = errors.get(0);
      assertTrue(
          error.contains("incompatible types") || error.contains("no suitable method"), error);
    }
  }

  private void cannotFind(String symbol, String expression) {
    List<String> errors = errors(expression);
    assertEquals(1, errors.size(), errors::toString);
    assertTrue(errors.get(0).contains("cannot find symbol"), errors::toString);
    assertTrue(errors.get(0).contains(symbol), errors::toString);
  }

  /** What the compiler says of an expression, all warnings included. */
  private List<String> errors(String expression) {
    String text = "package io.hookseal; class Program { Object it = " + expression + "; }";
    JavaFileObject source =
        new SimpleJavaFileObject(URI.create("string:///Program.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options = new ArrayList<>(List.of("-Xlint:all,-processing", "-Werror"));
    options.addAll(List.of("-proc:none", "-d", classes.toString()));
    options.addAll(List.of("-classpath", System.getProperty("java.class.path")));
    options.addAll(List.of("-Xlint:-path", "-Xlint:-classfile"));
    compiler.getTask(null, null, found, options, null, List.of(source)).call();
    List<String> errors = new ArrayList<>();
    for (Diagnostic<?> one : found.getDiagnostics()) {
      if (one.getKind() != Diagnostic.Kind.NOTE) {
        errors.add(one.getMessage(Locale.ROOT));
      }
    }
    return errors;
  }
}
