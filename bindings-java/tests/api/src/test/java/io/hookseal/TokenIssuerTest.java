package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TokenIssuerTest {
  private static final String CLIENT_SECRET = "CLIENT-secret of the sender";
  private static final String SIGNING_SECRET = "SIGNING-secret, 32 bytes or longer";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final byte[] POSTED =
      Deliveries.bytes(
          "grant_type=client_credentials&client_id=sender"
              + "&client_secret=CLIENT-secret+of+the+sender");

  private static TokenIssuer.Builder builder() {
    return TokenIssuer.builder()
        .options(Map.of("client_id", "sender", "client_secret", CLIENT_SECRET))
        .option("issuer", Tokens.ISSUER)
        .option("audience", Tokens.AUDIENCE)
        .option("scope", List.of("webhooks.write", "webhooks.read"));
  }

  private static TokenIssuer hmac() {
    return builder().option("hmac_secret", SIGNING_SECRET).build();
  }

  private static Map<?, ?> json(Reply reply) {
    return (Map<?, ?>) Json.read(reply.body());
  }

  @Test
  void aTokenProvesADelivery() {
    try (TokenIssuer issuer = hmac();
        Verifier verifier =
            Tokens.verifier()
                .option("hmac_secret", SIGNING_SECRET)
                .option("scope", "webhooks.write")
                .build()) {
      String basic =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(Deliveries.bytes("sender:CLIENT-secret+of+the+sender"));
      for (Reply reply :
          List.of(
              issuer.respond("POST", Map.of("content-type", FORM), POSTED),
              issuer.respond(
                  "POST",
                  Map.of("Content-Type", List.of(FORM), "AUTHORIZATION", basic, "Accept", "*/*"),
                  Deliveries.bytes("grant_type=client_credentials")))) {
        assertEquals(200, reply.status());
        assertTrue(reply.headers().contains(Map.entry("Cache-Control", "no-store")));
        Map<?, ?> answer = json(reply);
        assertEquals("Bearer", answer.get("token_type"));
        assertEquals(300L, answer.get("expires_in"));
        String token = (String) answer.get("access_token");
        VerifiedEvent event = verifier.verify(Tokens.delivery(token));
        assertEquals(Tokens.ISSUER, event.claims().get("iss"));
        assertFalse(reply.toString().contains(token));
      }
    }
  }

  @Test
  void aSignatureKeyHasAPublicHalf() {
    byte[] seed = HexFormat.of().parseHex("9d61b19deffd5a60".repeat(4));
    try (TokenIssuer issuer = builder().option("ed25519_seed", seed).build();
        Verifier verifier = Tokens.verifier().option("jwks", issuer.jwks()).build();
        Verifier same = Tokens.verifier().option("jwks", Json.read(issuer.jwks())).build();
        TokenIssuer hmac = hmac()) {
      assertFalse(issuer.jwks().contains("\"d\""));
      assertEquals("{\"keys\":[]}", hmac.jwks());
      Reply reply = issuer.respond("POST", Map.of("Content-Type", FORM), POSTED);
      WebhookRequest delivery = Tokens.delivery((String) json(reply).get("access_token"));
      verifier.verify(delivery);
      same.verify(delivery);
    }
  }

  @Test
  void whatIsWrongIsAnswered() {
    try (TokenIssuer issuer = hmac()) {
      Map<String, String> form = Map.of("Content-Type", FORM);
      Reply wrongSecret =
          issuer.respond(
              "POST",
              Map.of("Content-Type", FORM, "Authorization", "Basic c2VuZGVyOndyb25n"),
              Deliveries.bytes("grant_type=client_credentials"));
      assertEquals(401, wrongSecret.status());
      assertEquals("invalid_client", json(wrongSecret).get("error"));
      assertTrue(
          wrongSecret.headers().stream().anyMatch(h -> h.getKey().equals("WWW-Authenticate")));

      assertEquals(405, issuer.respond("GET", Map.of(), new byte[0]).status());
      assertEquals(400, issuer.respond("POST", Map.of(), POSTED).status());
      assertEquals(
          400,
          issuer.respond("POST", Map.of("Content-Type", List.of(FORM, "a/b")), POSTED).status());
      assertEquals(16 * 1024, issuer.maxBodyBytes());
      assertEquals(413, issuer.respond("POST", form, new byte[16 * 1024 + 1]).status());
      assertEquals(401, issuer.respond("POST", form, new byte[16 * 1024]).status());
      for (byte[] junk :
          List.of(new byte[] {0, -1, '&', '='}, Deliveries.bytes("grant_type=password"))) {
        assertEquals(401, issuer.respond("POST", form, junk).status(), "no credentials");
      }
      assertThrows(ConfigurationException.class, () -> issuer.respond(null, form, POSTED));
      assertThrows(
          ConfigurationException.class, () -> issuer.respond("POST", Map.of("a", 1), POSTED));
      assertThrows(VerificationException.class, () -> issuer.respond("POST", form, null));
    }
  }

  @Test
  void tokensAreDatedByTheClock() {
    Instant then = Instant.ofEpochSecond(1_700_000_000);
    try (TokenIssuer issuer =
            builder()
                .option("hmac_secret", SIGNING_SECRET)
                .option("lifetime", 60)
                .clock(Clock.fixed(then, ZoneOffset.UTC))
                .build();
        Verifier verifier = Tokens.verifier().option("hmac_secret", SIGNING_SECRET).build()) {
      Reply reply = issuer.respond("POST", Map.of("Content-Type", FORM), POSTED);
      WebhookRequest delivery = Tokens.delivery((String) json(reply).get("access_token"));
      VerificationException expired =
          assertThrows(VerificationException.class, () -> verifier.verify(delivery));
      assertEquals(ErrorCode.JWT_EXPIRED, expired.code());
      assertTrue(expired.authenticate().orElseThrow().startsWith("Bearer"));
    }
  }

  @Test
  void optionsAreCheckedAndNotShown() {
    for (TokenIssuer.Builder wrong :
        List.of(
            TokenIssuer.builder(),
            builder(),
            builder().option("hmac_secret", "too short"),
            builder().option("hmac_secret", SIGNING_SECRET).option("nosuch", CLIENT_SECRET),
            builder().option("hmac_secret", SIGNING_SECRET).option("lifetime", -1),
            builder().option("hmac_secret", SIGNING_SECRET).option("scope", 1.5))) {
      ConfigurationException refusal = assertThrows(ConfigurationException.class, wrong::build);
      for (String text : List.of(refusal.toString(), wrong.toString())) {
        assertFalse(text.contains("CLIENT-secret") || text.contains("SIGNING-secret"), text);
      }
    }
    assertThrows(ConfigurationException.class, () -> builder().option(null, 1));
    TokenIssuer issuer = hmac();
    assertEquals("TokenIssuer", issuer.toString());
    issuer.close();
    issuer.close();
    IllegalStateException closed =
        assertThrows(
            IllegalStateException.class, () -> issuer.respond("POST", Map.of(), new byte[0]));
    assertEquals("the token issuer is closed", closed.getMessage());
  }
}
