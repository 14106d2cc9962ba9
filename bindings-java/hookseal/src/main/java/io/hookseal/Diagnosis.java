package io.hookseal;

import java.util.Arrays;

/** Why a request was refused, as far as headers show it that a verifier does not read. */
final class Diagnosis {
  /** As much of a body as tells how it is encoded. */
  private static final int BEGINNING = 16;

  private static final int USUAL_BUFFER = 1024;

  private final Handle handle;
  private final HeaderNames names;

  /**
   * @param names the headers to look at after a refusal
   */
  Diagnosis(Handle handle, HeaderNames names) {
    this.handle = handle;
    this.names = names;
  }

  /**
   * The error with what all headers show of its cause. They are read a second time; what gives none
   * this time adds nothing.
   *
   * @param body null where nobody has read one
   */
  HooksealException complete(HooksealException error, WebhookRequest request, byte[] body) {
    if (!(error instanceof VerificationException refusal)) {
      return error;
    }
    try {
      byte[] packed = pack(request);
      byte[] beginning =
          body == null ? new byte[0] : Arrays.copyOf(body, Math.min(body.length, BEGINNING));
      int code = error.code().number();
      String more =
          handle.call(address -> Native.diagnose(address, code, packed, beginning)).text();
      return more.isEmpty() ? refusal : refusal.with(more);
    } catch (RuntimeException e) {
      // The headers are foreign code, and the verifier may be closed by now.
      return refusal;
    }
  }

  private byte[] pack(WebhookRequest request) {
    PickedHeaders headers = new PickedHeaders(names);
    request.forEachHeader(headers);
    Packer packer = new Packer(new byte[USUAL_BUFFER]);
    packer.optionalText(request.peerIp);
    headers.packInto(packer);
    return packer.take();
  }
}
