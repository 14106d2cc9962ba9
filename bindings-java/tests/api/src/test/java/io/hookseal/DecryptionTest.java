package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Bodies that Java's own ciphers encrypt. */
final class DecryptionTest {
  static final String SECRET = "0123456789abcdefABCDEF-32-bytes!";
  static final byte[] IV = HexFormat.of().parseHex("9f3c00ff10a7e2d45b8871c60d4e93fa");
  private static final String URL =
      "https://example.com/hook?secret-key=a-token&iv=9f3c00ff10a7e2d45b8871c60d4e93fa";

  /** Names of OpenSSL, and of Java. */
  static final Map<String, String> MODES =
      Map.of("aes-256-cbc", "AES/CBC/PKCS5Padding", "aes-256-ctr", "AES/CTR/NoPadding");

  static byte[] ciphertext(String mode, byte[] key, byte[] iv, byte[] plaintext)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(mode);
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    return cipher.doFinal(plaintext);
  }

  private static byte[] encrypt(String mode, byte[] key, byte[] iv, byte[] plaintext)
      throws GeneralSecurityException {
    return Base64.getEncoder().encode(ciphertext(mode, key, iv, plaintext));
  }

  private static WebhookRequest delivery(byte[] body) {
    return WebhookRequest.of("POST", URL, Map.of(), body);
  }

  private static Verifier verifier(String cipher) {
    return Verifier.builder("vcc-live")
        .option("url_token", "a-token")
        .option("cipher", cipher)
        .option("secret", SECRET)
        .option("plaintext", "bytes")
        .build();
  }

  @Test
  void thePayloadIsWhatWasEncrypted() throws Exception {
    Random random = new Random(1);
    for (Map.Entry<String, String> mode : MODES.entrySet()) {
      try (Verifier verifier = verifier(mode.getKey())) {
        for (int length : new int[] {1, 15, 16, 17, 1_000, 1_900, 60_000, 3 << 20}) {
          byte[] plaintext = new byte[length];
          random.nextBytes(plaintext);
          byte[] body = encrypt(mode.getValue(), Deliveries.bytes(SECRET), IV, plaintext);
          byte[] sent = body.clone();
          VerifiedEvent event = verifier.verify(delivery(body));
          assertArrayEquals(plaintext, event.payload());
          assertArrayEquals(sent, body, "the body stays as it was");
          assertTrue(event.covers().confidential());
          assertEquals(Optional.empty(), event.replayKey());
          assertEquals(Map.of(), event.claims());
        }
      }
    }
  }

  @Test
  void onePayloadIsNotAnother() throws Exception {
    try (Verifier verifier = verifier("aes-256-cbc")) {
      byte[] first = encrypted("the first");
      byte[] second = encrypted("2nd");
      VerifiedEvent one = verifier.verify(delivery(first));
      VerifiedEvent two = verifier.verify(delivery(second));
      assertArrayEquals(Deliveries.bytes("the first"), one.payload());
      assertArrayEquals(Deliveries.bytes("2nd"), two.payload());
    }
  }

  private static byte[] encrypted(String plaintext) throws GeneralSecurityException {
    return encrypt(
        "AES/CBC/PKCS5Padding", Deliveries.bytes(SECRET), IV, Deliveries.bytes(plaintext));
  }

  /** Latin 1 becomes UTF-8, so that each byte becomes two. */
  @Test
  void aPayloadMayBeLongerThanTheBody() throws Exception {
    String appId = "an-application-id";
    byte[] latin1 = new byte[50_000];
    Arrays.fill(latin1, (byte) 0xe9);
    byte[] derived = derive(appId);
    byte[] encrypted =
        encrypt(
            "AES/CBC/PKCS5Padding",
            Arrays.copyOf(derived, 32),
            Arrays.copyOfRange(derived, 32, 48),
            latin1);
    byte[] body =
        Deliveries.bytes("{\"encrypted_data\":\"" + new String(encrypted, "US-ASCII") + "\"}");
    Map<String, String> headers =
        Map.of(
            "Content-Type", "application/json",
            "X-Algoritm", "aes-256-cbc",
            "X-Format", "base64",
            "X-Encoding", "latin1");
    try (Verifier verifier =
        Verifier.builder("enablex").option("app_id", appId).option("plaintext", "text").build()) {
      VerifiedEvent event = verifier.verify(WebhookRequest.of("POST", URL, headers, body));
      assertArrayEquals(Deliveries.bytes("é".repeat(latin1.length)), event.payload());
    }
  }

  /** Key and IV as OpenSSL's EVP_BytesToKey makes them with MD5 and no salt. */
  private static byte[] derive(String password) throws GeneralSecurityException {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    ByteArrayOutputStream derived = new ByteArrayOutputStream();
    byte[] block = {};
    while (derived.size() < 48) {
      md5.update(block);
      block = md5.digest(Deliveries.bytes(password));
      derived.writeBytes(block);
    }
    return derived.toByteArray();
  }

  @Test
  void everyFailureLooksAlike() throws Exception {
    byte[] good = encrypted("{\"PLAINTEXT\":\"marker\"}");
    byte[] badPadding = good.clone();
    badPadding[good.length - 10] ^= 1;
    List<byte[]> broken =
        List.of(
            badPadding,
            Deliveries.bytes("not base64!"),
            new byte[0],
            Arrays.copyOf(good, good.length - 4),
            Deliveries.bytes("AAAA"));
    Set<String> shown = new HashSet<>();
    try (Verifier verifier =
        Verifier.builder("vcc-live")
            .option("cipher", "aes-256-cbc")
            .option("secret", SECRET)
            .build()) {
      verifier.verify(delivery(good));
      for (byte[] body : broken) {
        VerificationException refusal =
            assertThrows(VerificationException.class, () -> verifier.verify(delivery(body)));
        assertEquals(ErrorCode.DECRYPTION_FAILED, refusal.code());
        shown.add(refusal.getMessage() + refusal.status() + refusal.authenticate());
      }
      VerifiedEvent event = verifier.verify(delivery(good));
      assertFalse(event.toString().contains("marker"));
    }
    assertEquals(1, shown.size(), shown::toString);
  }
}
