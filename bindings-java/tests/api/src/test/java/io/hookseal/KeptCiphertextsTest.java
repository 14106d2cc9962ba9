package io.hookseal;

import static io.hookseal.DecryptionTest.IV;
import static io.hookseal.DecryptionTest.MODES;
import static io.hookseal.DecryptionTest.SECRET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was kept of deliveries, without the deliveries. */
final class KeptCiphertextsTest {
  private static Verifier.Builder builder(String cipher) {
    return Verifier.builder("vcc-live")
        .options(Map.of("secret", SECRET, "cipher", cipher, "plaintext", "bytes"));
  }

  private static byte[] encrypt(String cipher, byte[] iv, byte[] plaintext) throws Exception {
    return DecryptionTest.ciphertext(MODES.get(cipher), Deliveries.bytes(SECRET), iv, plaintext);
  }

  private static VerificationException refusal(
      Verifier verifier, byte[] ciphertext, byte[] iv, String cipher) {
    return assertThrows(
        VerificationException.class, () -> verifier.decrypt(ciphertext, iv, cipher));
  }

  /** The file that every language reads. */
  @Test
  void everyCaseGivesItsPlaintextOrCode() throws Exception {
    String text = Files.readString(Path.of("../../../tests/ciphertexts.json"));
    JsonObject file = JsonParser.parseString(text).getAsJsonObject();
    int ran = 0;
    for (JsonElement element : file.getAsJsonArray("cases")) {
      JsonObject kept = element.getAsJsonObject();
      String expected = kept.get(kept.has("plaintext") ? "plaintext" : "code").getAsString();
      assertEquals(expected, outcome(kept), kept.get("name")::getAsString);
      ran++;
    }
    assertEquals(file.get("count").getAsInt(), ran);
  }

  private static String outcome(JsonObject kept) {
    String cipher = kept.has("cipher") ? kept.get("cipher").getAsString() : null;
    try (Verifier verifier =
        Verifier.builder(kept.get("scheme").getAsString())
            .options(VectorsTest.map(kept.getAsJsonObject("options")))
            .build()) {
      byte[] plaintext = verifier.decrypt(bytes(kept, "ciphertext"), bytes(kept, "iv"), cipher);
      return HexFormat.of().formatHex(plaintext);
    } catch (HooksealException refusal) {
      return refusal.code().text();
    }
  }

  private static byte[] bytes(JsonObject kept, String name) {
    return kept.has(name) ? HexFormat.of().parseHex(kept.get(name).getAsString()) : null;
  }

  @Test
  void everyLengthDecrypts() throws Exception {
    Random random = new Random(1);
    for (String cipher : MODES.keySet()) {
      try (Verifier verifier = builder(cipher).build()) {
        for (int length : new int[] {0, 1, 15, 16, 17, 1_000, 8_100, 8_192, 60_000, 3 << 20}) {
          byte[] plaintext = new byte[length];
          random.nextBytes(plaintext);
          byte[] ciphertext = encrypt(cipher, IV, plaintext);
          byte[] kept = ciphertext.clone();
          byte[] decrypted = verifier.decrypt(ciphertext, IV);
          assertArrayEquals(plaintext, decrypted);
          assertArrayEquals(kept, ciphertext, "the ciphertext stays as it was");
          assertNotSame(decrypted, verifier.decrypt(ciphertext, IV, cipher));
        }
      }
    }
  }

  @Test
  void anEmptyIvIsNone() throws Exception {
    byte[] plaintext = Deliveries.bytes("without an IV");
    byte[] ciphertext = encrypt("aes-256-cbc", new byte[16], plaintext);
    try (Verifier optional = builder("aes-256-cbc").option("random_iv", "optional").build();
        Verifier required = builder("aes-256-cbc").build()) {
      for (byte[] iv : new byte[][] {null, {}}) {
        assertArrayEquals(plaintext, optional.decrypt(ciphertext, iv));
        assertEquals(ErrorCode.DECRYPTION_FAILED, refusal(required, ciphertext, iv, null).code());
      }
    }
  }

  @Test
  void noCiphertextIsNoEmptyCiphertext() {
    try (Verifier verifier = builder("aes-256-cbc").build()) {
      assertEquals(ErrorCode.BODY_ALREADY_PARSED, refusal(verifier, null, IV, null).code());
      assertEquals(ErrorCode.DECRYPTION_FAILED, refusal(verifier, new byte[0], IV, null).code());
    }
  }

  @Test
  void theCipherIsOneThatIsAllowed() {
    try (Verifier verifier = builder("aes-256-cbc").build()) {
      for (String name : List.of("", "aes-256-ctr", "\0", "\ud800", "é", "x".repeat(100_000))) {
        assertEquals(
            ErrorCode.CIPHER_NOT_ALLOWED, refusal(verifier, new byte[16], IV, name).code());
      }
    }
  }

  @Test
  void whatDoesNotBelongToTheSchemeIsTheProgramsFault() {
    byte[] block = new byte[16];
    try (Verifier signed = Deliveries.verifier();
        Verifier derived =
            Verifier.builder("enablex")
                .options(Map.of("app_id", "an-application-id"))
                .option("ciphers", List.of("aes-256-cbc", "aes-128-cbc"))
                .build()) {
      assertThrows(ConfigurationException.class, () -> signed.decrypt(block, IV));
      assertThrows(ConfigurationException.class, () -> derived.decrypt(block, null));
      assertThrows(ConfigurationException.class, () -> derived.decrypt(block, IV, "aes-256-cbc"));
    }
  }

  @Test
  void aLongCiphertextIsRefused() {
    try (Verifier verifier = builder("aes-256-ctr").maxBodyBytes(16).build()) {
      assertEquals(16, verifier.decrypt(new byte[16], IV).length);
      assertEquals(ErrorCode.BODY_TOO_LARGE, refusal(verifier, new byte[17], IV, null).code());
      assertEquals(
          ErrorCode.BODY_TOO_LARGE, refusal(verifier, new byte[64 << 20], IV, null).code());
    }
  }

  @Test
  void everyFailureLooksAlike() throws Exception {
    byte[] good = encrypt("aes-256-cbc", IV, Deliveries.bytes("{\"PLAINTEXT\":\"marker\"}"));
    byte[] badPadding = good.clone();
    badPadding[good.length - 17] ^= 1;
    byte[] badText = encrypt("aes-256-cbc", IV, Deliveries.bytes("marker"));
    Set<String> shown = new HashSet<>();
    try (Verifier verifier = builder("aes-256-cbc").option("plaintext", "json").build()) {
      verifier.decrypt(good, IV);
      for (byte[] iv : new byte[][] {null, new byte[1], new byte[17], new byte[100_000]}) {
        shown.add(shown(refusal(verifier, good, iv, null)));
      }
      for (byte[] broken :
          List.of(badPadding, badText, new byte[0], Arrays.copyOf(good, good.length - 1))) {
        shown.add(shown(refusal(verifier, broken, IV, null)));
      }
    }
    assertEquals(1, shown.size(), shown::toString);
  }

  private static String shown(VerificationException refusal) {
    assertEquals(ErrorCode.DECRYPTION_FAILED, refusal.code());
    return refusal.getMessage() + refusal.status() + refusal.authenticate() + refusal.getCause();
  }

  @Test
  void junkIsRefusedOrDecrypted() {
    Random random = new Random(1);
    try (Verifier verifier = builder("aes-256-cbc").option("lenient_iv", true).build()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] ciphertext = new byte[random.nextInt(200)];
        byte[] iv = new byte[random.nextInt(40)];
        random.nextBytes(ciphertext);
        random.nextBytes(iv);
        try {
          verifier.decrypt(ciphertext, iv);
        } catch (VerificationException refusal) {
          assertEquals(ErrorCode.DECRYPTION_FAILED, refusal.code());
        }
      }
    }
  }

  @Test
  void aClosedVerifierDecryptsNothing() {
    Verifier verifier = builder("aes-256-ctr").build();
    verifier.decrypt(new byte[1], IV);
    verifier.close();
    IllegalStateException closed =
        assertThrows(IllegalStateException.class, () -> verifier.decrypt(new byte[1], IV));
    assertEquals("the verifier is closed", closed.getMessage());
  }
}
