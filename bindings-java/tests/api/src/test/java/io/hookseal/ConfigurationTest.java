package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with the options is told when the verifier is made. */
final class ConfigurationTest {
  private static Verifier.Builder plivo() {
    return Verifier.builder("plivo").option("auth_token", "a good token");
  }

  private static void refused(String naming, Verifier.Builder builder) {
    ConfigurationException refusal =
        assertThrows(ConfigurationException.class, builder::build, naming);
    assertEquals(ErrorCode.CONFIGURATION, refusal.code());
    assertTrue(refusal.detail().contains(naming), refusal::detail);
  }

  @Test
  void theOptionIsNamed() {
    refused("auth_tokn", plivo().option("auth_tokn", "x"));
    refused("auth_token", Verifier.builder("plivo"));
    refused("public_url", plivo().publicUrl("example.com"));
    refused("public_url", plivo().publicUrl(null));
    refused("allowed_ips", plivo().allowedIps(List.of("300.0.0.1")));
    refused("max_body_bytes", plivo().maxBodyBytes(0));
    refused("max_body_bytes", plivo().option("max_body_bytes", "10"));
    refused("tolerance", plivo().tolerance(null));
    refused("trusted_proxies", plivo().trustedProxies(List.of("10.0.0.1")));
  }

  @Test
  void aSecretThatIsNoneIsRefused() {
    List<Object> secrets = new ArrayList<>();
    secrets.addAll(List.of("", " ", "\t\n", " token ", new byte[0], 12345, true, 1.5));
    secrets.addAll(List.of(List.of(), Map.of(), List.of("a good token", ""), new Object()));
    secrets.addAll(List.of(List.of(List.of("nested")), "half a pair \ud83d"));
    secrets.add(null);
    secrets.add(Arrays.asList("a good token", null));
    for (Object secret : secrets) {
      refused("auth_token", Verifier.builder("plivo").option("auth_token", secret));
    }
  }

  @Test
  void aKeySetMayHoldWhatNoOptionIs() {
    Map<String, Object> key = new HashMap<>();
    key.put("kty", "oct");
    key.put("kid", "a");
    key.put("alg", "HS256");
    key.put("k", "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i");
    key.put("issued", null);
    key.put("weight", 1.5);
    Verifier.builder("bearer-jwt")
        .option("issuer", "https://issuer.example")
        .option("audience", "receiver")
        .option("jwks", Map.of("keys", List.of(key)))
        .build()
        .close();
    refused("auth_token", Verifier.builder("plivo").option("auth_token", Map.of("main", 1.5)));
  }

  @Test
  void aListThatHoldsItselfIsRefused() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    refused("auth_token", Verifier.builder("plivo").option("auth_token", list));
  }

  @Test
  void theSchemeIsChecked() {
    refused("nosuch", Verifier.builder("nosuch"));
    assertThrows(ConfigurationException.class, Verifier.builder("")::build);
    assertThrows(ConfigurationException.class, Verifier.builder("{")::build);
    assertThrows(ConfigurationException.class, Verifier.builder("{}")::build);
    assertThrows(ConfigurationException.class, Verifier.builder(Map.of())::build);
    assertThrows(ConfigurationException.class, () -> Verifier.builder((String) null));
    assertThrows(ConfigurationException.class, () -> Verifier.builder(Map.of("id", 1.5)));
  }

  @Test
  void namesAreChecked() {
    assertThrows(ConfigurationException.class, () -> plivo().option(null, "x"));
    assertThrows(ConfigurationException.class, plivo().option("\ud800", "x")::build);
    assertThrows(ConfigurationException.class, plivo().option("", "x")::build);
  }

  @Test
  void noValueIsShown() {
    String secret = "KEEP-THIS-SECRET";
    for (Verifier.Builder builder :
        List.of(
            Verifier.builder("plivo").option("auth_tokn", secret),
            Verifier.builder("plivo").option("auth_token", List.of(secret, "")),
            Verifier.builder("plivo").option("auth_token", secret).option("tolerance", secret),
            Verifier.builder("plivo").option("auth_token", List.of(secret + "\ud800")))) {
      assertFalse(builder.toString().contains(secret), builder::toString);
      ConfigurationException refusal = assertThrows(ConfigurationException.class, builder::build);
      assertFalse(refusal.toString().contains(secret), refusal::toString);
    }
  }
}
