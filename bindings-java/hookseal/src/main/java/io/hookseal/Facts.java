package io.hookseal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;

/** Reads the facts of a delivery from where the native library puts them, see {@code wire.rs}. */
final class Facts {
  private static final VarHandle SHORT = littleEndian(short[].class);
  private static final VarHandle INT = littleEndian(int[].class);
  private static final VarHandle LONG = littleEndian(long[].class);

  private static final int VARIANT = 0;
  private static final int URL_FORM = 1;
  private static final int KEY = 2;
  private static final int HAS_TIMESTAMP = 4;
  private static final int HAS_REPLAY_KEY = 5;
  private static final int TIMESTAMP = 8;
  private static final int REPLAY_KEY = 16;
  private static final int REPLAY_KEY_LENGTH = 64;

  /** Where the fields begin, each {@code [int length, or -1][bytes]}. */
  private static final int FIELDS = 80;

  /** What facts take at least: four fields that are not there. */
  static final int SHORTEST = FIELDS + 4 * Integer.BYTES;

  /** What they take mostly. */
  static final int USUAL_SIZE = 192;

  private final byte[] packed;
  private int field = FIELDS;

  Facts(byte[] packed) {
    if (packed.length < SHORTEST) {
      throw new VerificationException(ErrorCode.INTERNAL, "the native library gave no facts");
    }
    this.packed = packed;
  }

  int variant() {
    return Byte.toUnsignedInt(packed[VARIANT]);
  }

  int urlForm() {
    return Byte.toUnsignedInt(packed[URL_FORM]);
  }

  /** The index of the key; of no meaning where there is a token. */
  int key() {
    return Short.toUnsignedInt((short) SHORT.get(packed, KEY));
  }

  OptionalLong timestamp() {
    return packed[HAS_TIMESTAMP] == 0
        ? OptionalLong.empty()
        : OptionalLong.of((long) LONG.get(packed, TIMESTAMP));
  }

  /** Null where there is none. */
  String replayKey() {
    return packed[HAS_REPLAY_KEY] == 0
        ? null
        : new String(packed, REPLAY_KEY, REPLAY_KEY_LENGTH, StandardCharsets.ISO_8859_1);
  }

  /** The first field; null where there is none. */
  String takeDeliveryId() {
    return takeText();
  }

  /** The second field; null where there is none. */
  String takeEventType() {
    return takeText();
  }

  /** The third: {@code {"key_id": text, "claims": object}}; null where there is none. */
  Map<?, ?> takeToken() {
    String token = takeText();
    return token == null ? null : (Map<?, ?>) Json.read(token);
  }

  /** The length of the fourth; negative where there is none. */
  int takePayloadLength() {
    return takeLength();
  }

  /** The fourth, where it stands behind its length. It is wiped there. */
  byte[] takePayload(int length) {
    int from = skip(length);
    byte[] payload = Arrays.copyOfRange(packed, from, from + length);
    Arrays.fill(packed, from, from + length, (byte) 0);
    return payload;
  }

  private String takeText() {
    int length = takeLength();
    return length < 0 ? null : new String(packed, skip(length), length, StandardCharsets.UTF_8);
  }

  private int takeLength() {
    return (int) INT.get(packed, skip(Integer.BYTES));
  }

  /** Where the next {@code length} bytes begin. */
  private int skip(int length) {
    int from = field;
    field += length;
    return from;
  }

  private static VarHandle littleEndian(Class<?> view) {
    return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.LITTLE_ENDIAN);
  }
}
