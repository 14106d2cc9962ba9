package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds between Java and the native library, whatever the delivery. */
final class BoundaryTest {
  /** It happens while the native library holds an array, which it gives back. */
  @Test
  void aPanicIsAnInternalError() {
    byte[] array = bytes("an array that is lent");
    for (int round = 0; round < 100; round++) {
      VerificationException panic =
          assertThrows(VerificationException.class, () -> Answer.of(Native.panicSelfTest(array)));
      assertEquals(ErrorCode.INTERNAL, panic.code());
      assertEquals(500, panic.status());
    }
    // An array that was not given back would stop it.
    System.gc();
    assertArrayEquals(bytes("an array that is lent"), array);
  }

  /** So no method has a way to answer that passes by the guard against panics. */
  @Test
  void everyMethodAnswersWithBytes() {
    List<Method> natives =
        Stream.of(Native.class.getDeclaredMethods())
            .filter(method -> Modifier.isNative(method.getModifiers()))
            .toList();
    assertFalse(natives.isEmpty());
    natives.forEach(method -> assertEquals(byte[].class, method.getReturnType(), method::getName));
  }

  @Test
  void theErrorTableIsComplete() {
    List<Map<String, Object>> mapped =
        Stream.of(ErrorCode.values())
            .<Map<String, Object>>map(
                code ->
                    Map.of(
                        "code",
                        code.text(),
                        "number",
                        (long) code.number(),
                        "status",
                        (long) code.status()))
            .toList();
    assertEquals(Hookseal.errorCodes(), mapped);
    for (ErrorCode code : ErrorCode.values()) {
      assertEquals(Optional.of(code), ErrorCode.ofText(code.text()));
      assertEquals(code, ErrorCode.ofNumber(code.number()));
    }
    assertEquals(Optional.empty(), ErrorCode.ofText("no such code"));
    assertEquals(ErrorCode.INTERNAL, ErrorCode.ofNumber(9_999));
  }

  @Test
  void bothSidesAreOfTheVersionOfTheWorkspace() throws Exception {
    String manifest = Files.readString(Path.of("../../../Cargo.toml"));
    Matcher version = Pattern.compile("(?m)^version = \"([^\"]+)\"").matcher(manifest);
    assertTrue(version.find());
    assertEquals(version.group(1), Hookseal.version());
    assertEquals(version.group(1), Answer.of(Native.version()).text());
  }

  @Test
  void anotherVersionIsRefused() {
    UnsatisfiedLinkError refusal =
        assertThrows(
            UnsatisfiedLinkError.class, () -> NativeLibrary.requireVersion("0.1.0", "0.2.0"));
    assertTrue(refusal.getMessage().contains("0.1.0"), refusal::getMessage);
    assertTrue(refusal.getMessage().contains("0.2.0"), refusal::getMessage);
  }

  @Test
  void anErrorTellsHowItIsAnswered() {
    VerificationException plain = error("");
    assertEquals(ErrorCode.CHALLENGE, plain.code());
    assertEquals("a detail", plain.detail());
    assertEquals(200, plain.status());
    assertEquals(Optional.empty(), plain.authenticate());
    assertEquals(Optional.empty(), plain.reply());

    VerificationException status =
        error("{\"status\":403,\"authenticate\":\"Bearer error=\\\"x\\\"\",\"reply\":null}");
    assertEquals(403, status.status());
    assertEquals(Optional.of("Bearer error=\"x\""), status.authenticate());
    assertEquals(Optional.empty(), status.reply());

    VerificationException handshake =
        error(
            "{\"status\":200,\"authenticate\":null,\"reply\":{\"status\":200,"
                + "\"headers\":[[\"Allow\",\"POST\"],[\"B\",\"1\"],[\"B\",\"2\"]],\"body\":\"é\"}}");
    Reply reply = handshake.reply().orElseThrow();
    assertEquals(200, reply.status());
    assertEquals(
        List.of(Map.entry("Allow", "POST"), Map.entry("B", "1"), Map.entry("B", "2")),
        reply.headers());
    assertEquals("é", reply.body());
  }

  private static VerificationException error(String answer) {
    byte[] detail = bytes("a detail");
    byte[] rest = bytes(answer);
    ByteBuffer packed = ByteBuffer.allocate(4 + detail.length + rest.length);
    packed.order(ByteOrder.LITTLE_ENDIAN).putInt(detail.length).put(detail).put(rest).flip();
    return (VerificationException) Answer.error(ErrorCode.CHALLENGE.number(), packed);
  }

  @Test
  void noAnswerIsNoSuccess() {
    for (byte[] answer : new byte[][] {null, {}, {0, 0, 0}, {(byte) 0x99, 0, 0, 0}}) {
      HooksealException error = assertThrows(HooksealException.class, () -> Answer.of(answer));
      assertEquals(ErrorCode.INTERNAL, error.code());
    }
  }

  @Test
  void aWronglyPackedRequestIsAnInternalError() {
    long handle =
        Answer.of(Native.open(bytes("github"), bytes("{\"secret\":\"s3cret\"}"))).takeLong();
    try {
      byte[] body = new byte[512];
      byte[] fields = new byte[512];
      long[] lengths = {0, 3, 511, 512, 513, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32};
      for (long length : lengths) {
        java.util.Arrays.fill(fields, (byte) 0x7f);
        byte[] answer = Native.verify(handle, 0, body, fields, length, null);
        assertNotSame(fields, answer);
        assertEquals(ErrorCode.INTERNAL, Answer.errorOf(answer).code());
      }
      for (byte[] none : new byte[][] {{}, null}) {
        byte[] answer = Native.verify(handle, 0, none, none, 0, null);
        assertEquals(ErrorCode.INTERNAL, Answer.errorOf(answer).code());
      }
    } finally {
      Native.close(handle);
    }
  }

  @Test
  void aClosedHandleIsAnInternalError() {
    assertEquals(ErrorCode.INTERNAL, Answer.errorOf(Native.keyRequest(0)).code());
    assertEquals(ErrorCode.INTERNAL, Answer.errorOf(Native.close(0)).code());
  }

  @Test
  void successIsNoError() {
    assertEquals(ErrorCode.INTERNAL, Answer.errorOf(Native.version()).code());
  }

  @Test
  void aWronglyPackedCiphertextIsAnInternalError() {
    byte[] options = bytes("{\"secret\":\"s3cret\",\"cipher\":\"aes-256-cbc\"}");
    long handle = Answer.of(Native.open(bytes("vcc-live"), options)).takeLong();
    try {
      assertEquals(ErrorCode.DECRYPTION_FAILED, decrypt(handle, new byte[4], 0, 0, -1));
      assertEquals(ErrorCode.INTERNAL, decrypt(handle, new byte[4], 0, 5, -1));
      assertEquals(ErrorCode.INTERNAL, decrypt(handle, new byte[4], -1, 0, -1));
      assertEquals(ErrorCode.INTERNAL, decrypt(handle, null, 1, 0, -1));
      byte[] notText = {(byte) 0xff, 0, 0, 0, 0};
      assertEquals(ErrorCode.INTERNAL, decrypt(handle, notText, 0, 0, 1));
    } finally {
      Native.close(handle);
    }
  }

  private static ErrorCode decrypt(
      long handle, byte[] text, long ciphertext, long iv, long cipher) {
    return Answer.errorOf(Native.decrypt(handle, text, ciphertext, iv, cipher)).code();
  }

  private static byte[] bytes(String text) {
    return Deliveries.bytes(text);
  }
}
