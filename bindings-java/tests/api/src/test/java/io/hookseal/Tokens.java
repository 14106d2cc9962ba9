package io.hookseal;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.Date;
import java.util.Map;

/** Bearer tokens as an identity server signs them, made with another library. */
final class Tokens {
  static final String ISSUER = "https://id.example.com";
  static final String AUDIENCE = "https://example.com/hooks";

  private Tokens() {}

  static RSAKey key(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** The key set that tells others the public half. */
  static byte[] keySet(RSAKey... keys) {
    return Deliveries.bytes(new JWKSet(java.util.List.of(keys)).toString(true));
  }

  static String token(RSAKey key) {
    long now = System.currentTimeMillis();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .subject("sender")
            .issueTime(new Date(now))
            .expirationTime(new Date(now + 300_000))
            .claim("count", Long.MAX_VALUE)
            .claim("nested", Map.of("list", java.util.List.of(1, "two", true)))
            .build();
    try {
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  static WebhookRequest delivery(String token) {
    return WebhookRequest.of(
        "POST",
        AUDIENCE,
        Map.of("Authorization", "Bearer " + token),
        Deliveries.bytes("{\"event\":1}"));
  }

  static Verifier.Builder verifier() {
    return Verifier.builder("bearer-jwt").option("issuer", ISSUER).option("audience", AUDIENCE);
  }
}
