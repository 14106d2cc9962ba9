package io.hookseal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Takes the body of a response that has the status 200, up to a bound. Of any other, and beyond the
 * bound, it reads nothing more: the connection is given up.
 */
final class KeyDocument implements HttpResponse.BodySubscriber<byte[]> {
  private static final int OK = 200;

  private final int status;
  private final int maxBytes;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private Flow.Subscription subscription;

  KeyDocument(int status, int maxBytes) {
    this.status = status;
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (status == OK) {
      subscription.request(1);
    } else {
      giveUp("the status is " + status);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (buffer.remaining() > maxBytes - received.size()) {
        giveUp("there are more than " + maxBytes + " bytes");
        return;
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      received.writeBytes(bytes);
    }
    subscription.request(1);
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(error);
  }

  /** Does nothing where the document was given up before. */
  @Override
  public void onComplete() {
    body.complete(received.toByteArray());
  }

  private void giveUp(String why) {
    subscription.cancel();
    body.completeExceptionally(new IOException(why));
  }
}
