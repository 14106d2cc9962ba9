package io.hookseal;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fetches remote key sets, and certificates that deliveries point to. The native library decides
 * what to fetch, when, and what of it to believe.
 */
final class RemoteKeys {
  private static final System.Logger LOG = System.getLogger("io.hookseal");

  /** A key set, or a certificate, which has no one type. */
  private static final String ACCEPTED = "application/json, */*;q=0.1";

  private final Handle handle;
  private final Duration timeout;
  private final int maxBytes;
  private final HttpClient client;

  /** Done when the fetch is over that a thread is about, however it ends; null while none is. */
  private final AtomicReference<CompletableFuture<Void>> running = new AtomicReference<>();

  /**
   * @param bounds {@code {"timeout_ms", "max_bytes"}}
   * @param client null for the default one
   */
  RemoteKeys(Handle handle, Map<?, ?> bounds, HttpClient client) {
    this.handle = handle;
    this.timeout = Duration.ofMillis((Long) bounds.get("timeout_ms"));
    this.maxBytes = Math.toIntExact((Long) bounds.get("max_bytes"));
    this.client = client;
  }

  /** Fetches what is due. A failure is logged: the next verification tells what came of it. */
  void refresh() {
    try {
      load();
    } catch (VerificationException e) {
      LOG.log(Level.WARNING, e.getMessage());
    }
  }

  /**
   * Fetches what is due, or waits for the thread that is about it.
   *
   * @throws VerificationException where this thread's fetch fails
   */
  void load() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    CompletableFuture<Void> others = running.compareAndExchange(null, over);
    if (others != null) {
      others.join();
      return;
    }
    try {
      // The time is that of the whole, however many documents there are.
      long end = System.nanoTime() + timeout.toNanos();
      String url = handle.call(Native::keyRequest).text();
      while (!url.isEmpty()) {
        url = fetch(url, end - System.nanoTime());
      }
    } finally {
      running.set(null);
      over.complete(null);
    }
  }

  /** Answers with the address to fetch next, or nothing. */
  private String fetch(String url, long nanos) {
    String why;
    try {
      byte[] document = get(URI.create(url), nanos);
      return handle.call(address -> Native.supplyKeys(address, document)).text();
    } catch (VerificationException e) {
      why = e.detail();
    } catch (IOException | IllegalArgumentException e) {
      why = e.toString();
    }
    // Without the query, which may hold a key of an API.
    String place = url.split("\\?", 2)[0];
    throw new VerificationException(
        ErrorCode.KEY_UNAVAILABLE, "no keys from " + place + ": " + why);
  }

  private byte[] get(URI uri, long nanos) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Accept", ACCEPTED)
            .build();
    // The time-out that a request can have ends with the header of the response.
    CompletableFuture<HttpResponse<byte[]>> response =
        (client == null ? Default.CLIENT : client)
            .sendAsync(request, info -> new KeyDocument(info.statusCode(), maxBytes));
    try {
      return response.get(nanos, TimeUnit.NANOSECONDS).body();
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new IOException("not there after " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  /** Made when the first keys are fetched. Its threads are daemons. */
  private static final class Default {
    static final HttpClient CLIENT =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  }
}
