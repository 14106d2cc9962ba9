package io.hookseal;

import java.util.Arrays;

/**
 * A request as the native library takes it: a copy of the body, and the other parts packed, see
 * {@code verify.rs}. No caller has the copy, so what an event hands out is what was verified,
 * whoever writes to the body that was given.
 */
final class PackedRequest {
  /** As much of a body as tells how it is encoded. */
  private static final int BEGINNING = 16;

  private static final byte[] NO_BODY = {};

  private final byte[] body;
  private final byte[] fields;
  private final int fieldsLength;

  /** Whether the next request of this thread is written over the fields. */
  private final boolean isInThread;

  private PackedRequest(byte[] body, Packer packer, boolean isInThread) {
    this.body = body;
    this.fields = packer.buffer();
    this.fieldsLength = packer.size();
    this.isInThread = isInThread;
  }

  static PackedRequest of(WebhookRequest request, HeaderNames names) {
    return new PackedRequest(request.body.clone(), pack(request, names, 0), false);
  }

  static PackedRequest withoutBody(WebhookRequest request, HeaderNames names) {
    return new PackedRequest(NO_BODY, pack(request, names, 0), false);
  }

  /** A request of which all but the body is of use until this thread packs the next one. */
  static PackedRequest inThread(WebhookRequest request, HeaderNames names) {
    // Foreign code gives the headers, so they are read before the body is copied.
    Packer packer = pack(request, names, ThreadMemory.LARGEST_KEPT);
    return new PackedRequest(request.body.clone(), packer, true);
  }

  /**
   * @param largestInThread up to that size in the memory of the thread
   */
  private static Packer pack(WebhookRequest request, HeaderNames names, int largestInThread) {
    // Foreign code gives the headers, so they are read before that memory is in use.
    PickedHeaders headers = new PickedHeaders(names);
    request.forEachHeader(headers);
    int room = headers.usualSize() + request.url.length() + Facts.USUAL_SIZE;
    Packer packer = new Packer(room <= largestInThread ? ThreadMemory.of(room) : new byte[room]);
    packer.optionalText(request.peerIp);
    packer.text(request.method);
    packer.text(request.url);
    packer.optionalText(request.authority);
    packer.optionalText(request.scheme);
    headers.packInto(packer);
    return packer;
  }

  /** After {@link #verify} it begins with the decrypted payload, where there is one. */
  byte[] body() {
    return body;
  }

  byte[] beginningOfBody() {
    return Arrays.copyOf(body, Math.min(body.length, BEGINNING));
  }

  /** A copy of all but the body. */
  byte[] fields() {
    return Arrays.copyOf(fields, fieldsLength);
  }

  /** Whether what {@link #verify} answered are the facts themselves. */
  boolean holds(byte[] answer) {
    return answer == fields;
  }

  /** See {@link Native#verify}. */
  byte[] verify(Handle handle, long now, byte[] introspected) {
    int counter = handle.enter();
    try {
      byte[] answer =
          Native.verify(handle.address(), now, body, fields, fieldsLength, introspected);
      if (isInThread && !holds(answer)) {
        // It is not used again, and among the headers may be a password.
        Arrays.fill(fields, 0, fieldsLength, (byte) 0);
      }
      return answer;
    } finally {
      handle.leave(counter);
    }
  }
}
