package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The flat form in which the native library hands out facts. */
final class FactsTest {
  private static final String REPLAY_KEY = "0123456789abcdef".repeat(4);

  private static byte[] packed(boolean hasTimes, byte[]... fields) {
    ByteBuffer packed = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    byte has = (byte) (hasTimes ? 1 : 0);
    packed.put((byte) 3).put((byte) 2).putShort((short) 0xffff).put(has).put(has);
    packed.putShort((short) 0).putLong(1_700_000_000).put(Deliveries.bytes(REPLAY_KEY));
    for (byte[] field : fields) {
      packed.putInt(field == null ? -1 : field.length);
      packed.put(field == null ? new byte[0] : field);
    }
    return Arrays.copyOf(packed.array(), packed.position());
  }

  @Test
  void everyFieldIsRead() {
    byte[] packed =
        packed(
            true,
            Deliveries.bytes("id-1"),
            Deliveries.bytes("call.été"),
            Deliveries.bytes("{\"key_id\":\"k\",\"claims\":{\"sub\":\"é\",\"n\":null}}"),
            Deliveries.bytes("PLAINTEXT"));
    Facts facts = new Facts(packed);
    assertEquals(3, facts.variant());
    assertEquals(2, facts.urlForm());
    assertEquals(0xffff, facts.key());
    assertEquals(OptionalLong.of(1_700_000_000), facts.timestamp());
    assertEquals(REPLAY_KEY, facts.replayKey());
    assertEquals("id-1", facts.takeDeliveryId());
    assertEquals("call.été", facts.takeEventType());
    Map<?, ?> token = facts.takeToken();
    assertEquals("k", token.get("key_id"));
    assertEquals("{sub=é, n=null}", token.get("claims").toString());
    assertEquals(9, facts.takePayloadLength());
    assertArrayEquals(Deliveries.bytes("PLAINTEXT"), facts.takePayload(9));
    byte[] wiped = Arrays.copyOfRange(packed, packed.length - 9, packed.length);
    assertArrayEquals(new byte[9], wiped, "what was decrypted stays nowhere else");
  }

  @Test
  void everyFieldMayBeAbsentOrEmpty() {
    byte[] packed = packed(false, null, null, null, null);
    assertEquals(Facts.SHORTEST, packed.length);
    Facts facts = new Facts(packed);
    assertEquals(OptionalLong.empty(), facts.timestamp());
    assertNull(facts.replayKey());
    assertNull(facts.takeDeliveryId());
    assertNull(facts.takeEventType());
    assertNull(facts.takeToken());
    assertEquals(-1, facts.takePayloadLength());

    Facts empty = new Facts(packed(false, new byte[0], new byte[0], null, new byte[0]));
    assertEquals("", empty.takeDeliveryId());
    assertEquals("", empty.takeEventType());
    assertNull(empty.takeToken());
    assertEquals(0, empty.takePayloadLength());
    assertArrayEquals(new byte[0], empty.takePayload(0));
  }

  @Test
  void fewerBytesAreNoFacts() {
    byte[] packed = packed(false, null, null, null, null);
    for (int length : new int[] {packed.length - 1, 0}) {
      byte[] cut = Arrays.copyOf(packed, length);
      VerificationException error = assertThrows(VerificationException.class, () -> new Facts(cut));
      assertEquals(ErrorCode.INTERNAL, error.code());
    }
  }
}
