package io.hookseal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What was kept of a delivery, as the native library takes it, in one array: ciphertext, IV, name
 * of the cipher, and room for the length of the plaintext.
 */
final class KeptCiphertext {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte[] NOTHING = {};

  private KeptCiphertext() {}

  /**
   * Decrypts it.
   *
   * @param iv may be null
   * @param cipher may be null
   * @return the plaintext, which the heap holds nowhere else
   */
  static byte[] decrypt(Handle handle, byte[] ciphertext, byte[] iv, String cipher) {
    byte[] sentIv = iv == null ? NOTHING : iv;
    byte[] name = cipher == null ? NOTHING : cipher.getBytes(StandardCharsets.UTF_8);
    long size = (long) ciphertext.length + sentIv.length + name.length + Integer.BYTES;
    if (size > Packer.LARGEST) {
      throw new VerificationException(
          ErrorCode.BODY_TOO_LARGE, "the ciphertext is larger than 1 GiB");
    }
    byte[] text = ThreadMemory.of((int) size);
    System.arraycopy(ciphertext, 0, text, 0, ciphertext.length);
    System.arraycopy(sentIv, 0, text, ciphertext.length, sentIv.length);
    System.arraycopy(name, 0, text, ciphertext.length + sentIv.length, name.length);
    int nameLength = cipher == null ? -1 : name.length;
    byte[] answer =
        handle.callRaw(
            address -> Native.decrypt(address, text, ciphertext.length, sentIv.length, nameLength));
    if (answer != text) {
      throw Answer.errorOf(answer);
    }
    int length = (int) INT.get(text, (int) size - Integer.BYTES);
    byte[] plaintext = Arrays.copyOf(text, length);
    Arrays.fill(text, 0, ciphertext.length, (byte) 0);
    return plaintext;
  }
}
