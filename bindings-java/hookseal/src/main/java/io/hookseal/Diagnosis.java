package io.hookseal;

/** Why a request was rejected, as far as headers show it that a verifier does not read. */
final class Diagnosis {
  private static final int USUAL_BUFFER = 1024;

  private final Handle handle;
  private final HeaderNames names;

  /**
   * @param names the headers to look at after a rejection
   */
  Diagnosis(Handle handle, HeaderNames names) {
    this.handle = handle;
    this.names = names;
  }

  /**
   * The error with what all headers show of its cause. They are read a second time; what gives none
   * this time adds nothing.
   *
   * @param packed the same request as it was verified
   */
  HooksealException complete(
      HooksealException error, WebhookRequest request, PackedRequest packed) {
    if (!(error instanceof VerificationException rejection)) {
      return error;
    }
    try {
      byte[] beginning = packed.beginningOfBody();
      byte[] fields = pack(request);
      int code = error.code().number();
      String more =
          handle.call(address -> Native.diagnose(address, code, fields, beginning)).text();
      return more.isEmpty() ? rejection : rejection.with(more);
    } catch (RuntimeException e) {
      // The headers are foreign code, and the verifier may be closed by now.
      return rejection;
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
