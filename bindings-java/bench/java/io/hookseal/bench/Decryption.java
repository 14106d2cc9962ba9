package io.hookseal.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What is encrypted, with what Java has and no more. Safe for threads, as ours is. */
final class Decryption {
  private final String mode;
  private final String secret;
  private final SecretKeySpec key;
  private final IvParameterSpec iv;

  Decryption(String mode, String secret, String iv) {
    this.mode = mode;
    this.secret = secret;
    this.key = key(secret);
    this.iv = iv(iv);
  }

  /** A body in base64, with key and IV that are there already: what it costs at least. */
  byte[] decryptBody(byte[] body) throws GeneralSecurityException {
    return decrypt(key, iv, Base64.getDecoder().decode(body));
  }

  /** As a receiver does it, which has the secret as a text and takes the IV from the request. */
  byte[] decryptBody(String iv, byte[] body) throws GeneralSecurityException {
    return decrypt(key(secret), iv(iv), Base64.getDecoder().decode(body));
  }

  /** What was kept of a delivery: raw bytes, and a key that is there already. */
  byte[] decrypt(byte[] iv, byte[] ciphertext) throws GeneralSecurityException {
    return decrypt(key, new IvParameterSpec(iv), ciphertext);
  }

  byte[] encrypt(byte[] plaintext) throws GeneralSecurityException {
    return cipher(Cipher.ENCRYPT_MODE, key, iv).doFinal(plaintext);
  }

  private byte[] decrypt(SecretKeySpec key, IvParameterSpec iv, byte[] ciphertext)
      throws GeneralSecurityException {
    return cipher(Cipher.DECRYPT_MODE, key, iv).doFinal(ciphertext);
  }

  private Cipher cipher(int direction, SecretKeySpec key, IvParameterSpec iv)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(mode);
    cipher.init(direction, key, iv);
    return cipher;
  }

  private static SecretKeySpec key(String secret) {
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "AES");
  }

  private static IvParameterSpec iv(String hex) {
    return new IvParameterSpec(HexFormat.of().parseHex(hex));
  }
}
