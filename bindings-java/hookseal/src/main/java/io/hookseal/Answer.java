package io.hookseal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What a native method answered: a payload, or an error that is thrown here. */
final class Answer {
  private final ByteBuffer payload;

  private Answer(ByteBuffer payload) {
    this.payload = payload;
  }

  /**
   * Reads {@code [int code][payload]}.
   *
   * @throws ConfigurationException or {@link VerificationException} where the code is an error
   */
  static Answer of(byte[] packed) {
    if (packed == null || packed.length < Integer.BYTES) {
      throw noAnswer();
    }
    ByteBuffer payload = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    int number = payload.getInt();
    if (number != 0) {
      throw error(number, payload);
    }
    return new Answer(payload);
  }

  /** Reads an error: {@code [int length][detail]}, and then how it is answered as JSON. */
  static HooksealException error(int number, ByteBuffer packed) {
    if (packed.remaining() < Integer.BYTES) {
      return noAnswer();
    }
    Answer error = new Answer(packed.order(ByteOrder.LITTLE_ENDIAN));
    return HooksealException.of(ErrorCode.ofNumber(number), error.takeText(), error.text());
  }

  /** The error that an answer is, where it can be nothing else. */
  static HooksealException errorOf(byte[] packed) {
    try {
      of(packed);
      return noAnswer();
    } catch (HooksealException e) {
      return e;
    }
  }

  private static VerificationException noAnswer() {
    return new VerificationException(ErrorCode.INTERNAL, "the native library gave no answer");
  }

  long takeLong() {
    return payload.getLong();
  }

  /** Takes one {@code [int length][text]}. */
  String takeText() {
    byte[] bytes = new byte[payload.getInt()];
    payload.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  boolean hasMore() {
    return payload.hasRemaining();
  }

  /** The rest. */
  byte[] bytes() {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  /** The rest as text. */
  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }
}
