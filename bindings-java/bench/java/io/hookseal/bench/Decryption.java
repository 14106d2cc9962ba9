package io.hookseal.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** An encrypted body in base64, with what Java has and no more. Safe for threads, as ours is. */
final class Decryption {
  private final String mode;
  private final SecretKeySpec key;
  private final IvParameterSpec iv;

  Decryption(String mode, String secret, String iv) {
    this.mode = mode;
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "AES");
    this.iv = new IvParameterSpec(HexFormat.of().parseHex(iv));
  }

  byte[] decrypt(byte[] body) throws GeneralSecurityException {
    return cipher(Cipher.DECRYPT_MODE).doFinal(Base64.getDecoder().decode(body));
  }

  byte[] encrypt(byte[] plaintext) throws GeneralSecurityException {
    return Base64.getEncoder().encode(cipher(Cipher.ENCRYPT_MODE).doFinal(plaintext));
  }

  private Cipher cipher(int direction) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(mode);
    cipher.init(direction, key, iv);
    return cipher;
  }
}
