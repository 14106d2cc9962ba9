package io.hookseal;

import java.util.Arrays;

/**
 * A request as the native library takes it, in one array: a copy of the body, and behind it the
 * other parts, see {@code verify.rs}. No caller has the array, so what it holds is what was
 * verified, whoever writes to the body that was given.
 */
final class PackedRequest {
  /** As much of a body as tells how it is encoded. */
  private static final int BEGINNING = 16;

  private static final byte[] NO_BODY = {};

  private final byte[] bytes;
  private final int bodyLength;
  private final int fieldsLength;

  /** Whether the next request of this thread is written over this one. */
  private final boolean isInThread;

  private PackedRequest(Packer packer, int bodyLength, boolean isInThread) {
    this.bytes = packer.buffer();
    this.bodyLength = bodyLength;
    this.fieldsLength = packer.size() - bodyLength;
    this.isInThread = isInThread;
  }

  static PackedRequest of(WebhookRequest request, HeaderNames names) {
    return of(request, names, request.body, 0);
  }

  static PackedRequest withoutBody(WebhookRequest request, HeaderNames names) {
    return of(request, names, NO_BODY, 0);
  }

  /**
   * A request that is of use until this thread packs the next one.
   *
   * @param keepsBody whether an event may keep all of it: then the memory of the thread would save
   *     a large one nothing
   */
  static PackedRequest inThread(WebhookRequest request, HeaderNames names, boolean keepsBody) {
    int largest = keepsBody ? ThreadMemory.USUAL_SIZE : ThreadMemory.LARGEST_KEPT;
    return of(request, names, request.body, largest);
  }

  /**
   * @param largestInThread up to that size in the memory of the thread
   */
  private static PackedRequest of(
      WebhookRequest request, HeaderNames names, byte[] body, int largestInThread) {
    // Foreign code gives the headers, so they are read first.
    PickedHeaders headers = new PickedHeaders(names);
    request.forEachHeader(headers);
    int room = headers.usualSize() + request.url.length() + Facts.USUAL_SIZE;
    long size = (long) body.length + room;
    boolean isInThread = size <= largestInThread;
    Packer packer =
        isInThread ? Packer.in(ThreadMemory.of((int) size), body) : Packer.behind(body, room);
    packer.optionalText(request.peerIp);
    packer.text(request.method);
    packer.text(request.url);
    packer.optionalText(request.authority);
    packer.optionalText(request.scheme);
    headers.packInto(packer);
    return new PackedRequest(packer, body.length, isInThread);
  }

  /** Body and fields; after {@link #verify} the payload and the facts in their places. */
  byte[] bytes() {
    return bytes;
  }

  int bodyLength() {
    return bodyLength;
  }

  byte[] beginningOfBody() {
    return Arrays.copyOf(bytes, Math.min(bodyLength, BEGINNING));
  }

  /** A copy of all but the body. */
  byte[] fields() {
    return Arrays.copyOfRange(bytes, bodyLength, bodyLength + fieldsLength);
  }

  /** The front of the array, for an event to keep. */
  byte[] keep(int length) {
    if (!isInThread) {
      return bytes;
    }
    byte[] kept = Arrays.copyOf(bytes, length);
    // It may have been decrypted.
    Arrays.fill(bytes, 0, length, (byte) 0);
    return kept;
  }

  /** See {@link Native#verify}. */
  byte[] verify(Handle handle, long now, byte[] introspected) {
    int counter = handle.enter();
    try {
      return Native.verify(handle.address(), now, bytes, bodyLength, fieldsLength, introspected);
    } finally {
      handle.leave(counter);
    }
  }
}
