package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  @Test
  void aPanicIsAnInternalError() {
    VerificationException panic =
        assertThrows(VerificationException.class, () -> Answer.of(Native.panicSelfTest()));
    assertEquals(ErrorCode.INTERNAL, panic.code());
    assertEquals(500, panic.status());
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
      byte[] buffer = new byte[512];
      for (int length : new int[] {0, 3, 511, 512, 513, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        java.util.Arrays.fill(buffer, (byte) 0x7f);
        long answer = Native.verify(handle, 0, buffer, length, new byte[0]);
        assertEquals(ErrorCode.INTERNAL.number(), (int) (answer >>> 32));
      }
      long answer = Native.verify(handle, 0, new byte[0], 0, new byte[0]);
      assertEquals(ErrorCode.INTERNAL.number(), (int) (answer >>> 32));
      assertTrue((int) answer > 0);
    } finally {
      Native.close(handle);
    }
  }

  @Test
  void noReasonIsNoSuccess() {
    byte[] cut = {12, 0, 0, 0, 10, 0, 0, 0, 4, 0, 0, 0};
    byte[] negative = {-1, -1, -1, -1, 10, 0, 0, 0};
    for (byte[] reason : new byte[][] {{}, {4, 0, 0, 0}, new byte[8], cut, negative}) {
      assertEquals(ErrorCode.INTERNAL, Answer.reason(reason).code());
    }
  }

  @Test
  void aReasonNeedsRoom() {
    byte[] options = bytes("{\"secret\":\"s3cret\",\"cipher\":\"aes-256-cbc\"}");
    long handle = Answer.of(Native.open(bytes("vcc-live"), options)).takeLong();
    try {
      byte[] none = {};
      byte[] reason = new byte[512];
      assertNull(Native.decrypt(handle, none, null, null, none));
      assertNull(Native.decrypt(handle, none, none, null, reason));
      assertEquals(ErrorCode.DECRYPTION_FAILED, Answer.reason(reason).code());
      assertNull(Native.decrypt(handle, none, none, new byte[] {(byte) 0xff}, reason));
      assertEquals(ErrorCode.INTERNAL, Answer.reason(reason).code());
    } finally {
      Native.close(handle);
    }
  }

  private static byte[] bytes(String text) {
    return Deliveries.bytes(text);
  }
}
