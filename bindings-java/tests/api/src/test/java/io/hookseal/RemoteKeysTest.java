package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Remote key sets, fetched from a real server that behaves well and badly. */
final class RemoteKeysTest {
  private static final RSAKey KEY = Tokens.key("first");
  private static final RSAKey OTHER = Tokens.key("second");

  private static Verifier.Builder from(KeyServer server) {
    return Tokens.verifier().option("jwks_uri", server.url("/keys"));
  }

  private static ErrorCode refusal(Verifier verifier, RSAKey key) {
    WebhookRequest delivery = Tokens.delivery(Tokens.token(key));
    return assertThrows(VerificationException.class, () -> verifier.verify(delivery)).code();
  }

  private static VerifiedEvent verify(Verifier verifier, RSAKey key) {
    return verifier.verify(Tokens.delivery(Tokens.token(key)));
  }

  @Test
  void theFirstDeliveryFetchesTheKeys() throws Exception {
    try (KeyServer server = new KeyServer(KeyServer.document(Tokens.keySet(KEY, OTHER)));
        Verifier verifier = from(server).build()) {
      VerifiedEvent event = verify(verifier, KEY);
      assertEquals("first", event.keyId());
      assertEquals(Tokens.ISSUER, event.claims().get("iss"));
      assertEquals(Long.MAX_VALUE, event.claims().get("count"));
      assertEquals(Map.of("list", List.of(1L, "two", true)), event.claims().get("nested"));
      assertThrows(UnsupportedOperationException.class, () -> event.claims().clear());
      assertEquals(Optional.empty(), event.replayKey());
      assertEquals("second", verify(verifier, OTHER).keyId());
      assertEquals(List.of("/keys"), server.requests);
    }
  }

  @Test
  void theKeysCanBeFetchedBeforehand() throws Exception {
    try (KeyServer server = new KeyServer(KeyServer.document(Tokens.keySet(KEY)));
        Verifier verifier = from(server).build();
        Verifier other = Deliveries.verifier()) {
      verifier.refreshKeys();
      verifier.refreshKeys();
      assertEquals(1, server.requests.size());
      server.behaviour = KeyServer.status(500, new byte[0]);
      verify(verifier, KEY);
      assertEquals(1, server.requests.size());
      other.refreshKeys();

      try (Verifier failing = from(server).build()) {
        VerificationException failure =
            assertThrows(VerificationException.class, failing::refreshKeys);
        assertEquals(ErrorCode.KEY_UNAVAILABLE, failure.code());
        assertTrue(failure.detail().contains(server.url("/keys")), failure::detail);
        assertTrue(failure.detail().contains("500"), failure::detail);
      }
      String withKey = server.url("/keys?api-key=0123");
      try (Verifier failing = Tokens.verifier().option("jwks_uri", withKey).build()) {
        VerificationException failure =
            assertThrows(VerificationException.class, failing::refreshKeys);
        assertTrue(server.requests.contains("/keys?api-key=0123"));
        assertFalse(failure.detail().contains("0123"), failure::detail);
      }
    }
  }

  @Test
  void aKeyThatIsNewIsFetchedOnce() throws Exception {
    try (KeyServer server = new KeyServer(KeyServer.document(Tokens.keySet(KEY)));
        Verifier verifier = from(server).option("jwks_cooldown", 1).build()) {
      verify(verifier, KEY);
      // A fetch a moment ago does not tell a new key from a forged one.
      assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, OTHER));
      assertEquals(1, server.requests.size());

      server.behaviour = KeyServer.document(Tokens.keySet(OTHER));
      Thread.sleep(1_100);
      assertEquals("second", verify(verifier, OTHER).keyId());
      assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, KEY));
      assertEquals(2, server.requests.size());
    }
  }

  @Test
  void theLastGoodKeysStay() throws Exception {
    try (KeyServer server = new KeyServer(KeyServer.document(Tokens.keySet(KEY)));
        Verifier verifier =
            from(server).option("jwks_cooldown", 1).option("jwks_max_age", 1).build()) {
      verify(verifier, KEY);
      for (KeyServer.Behaviour broken :
          List.of(
              KeyServer.status(500, Deliveries.bytes("no")),
              KeyServer.document(Deliveries.bytes("{\"keys\":[]}")))) {
        server.behaviour = broken;
        Thread.sleep(1_100);
        int before = server.requests.size();
        verify(verifier, KEY);
        assertEquals(before + 1, server.requests.size());
      }
    }
  }

  @Test
  void whatIsNoKeySetIsRefused() throws Exception {
    byte[] good = Tokens.keySet(KEY);
    try (KeyServer elsewhere = new KeyServer(KeyServer.document(good))) {
      List<KeyServer.Behaviour> broken =
          List.of(
              KeyServer.status(500, good),
              KeyServer.status(404, new byte[0]),
              KeyServer.status(204, new byte[0]),
              KeyServer.status(203, good),
              KeyServer.document(new byte[0]),
              KeyServer.document(Deliveries.bytes("<html>")),
              KeyServer.document(java.util.Arrays.copyOf(good, good.length - 1)),
              redirect(302, elsewhere.url("/keys")),
              redirect(307, elsewhere.url("/keys")),
              redirect(301, "/good"),
              exchange -> {
                throw new IOException("the connection ends");
              },
              exchange -> {
                exchange.sendResponseHeaders(200, good.length);
                exchange.getResponseBody().write(good, 0, 100);
                throw new IOException("the connection ends in the middle");
              });
      for (KeyServer.Behaviour behaviour : broken) {
        try (KeyServer server = new KeyServer(behaviour);
            Verifier verifier = from(server).build()) {
          VerificationException error =
              assertThrows(
                  VerificationException.class,
                  () -> verifier.verify(Tokens.delivery(Tokens.token(KEY))));
          assertEquals(ErrorCode.KEY_UNAVAILABLE, error.code());
          assertEquals(503, error.status());
          // The client asks again where a connection ends before the answer begins.
          assertEquals(Set.of("/keys"), Set.copyOf(server.requests));
        }
      }
      assertEquals(List.of(), elsewhere.requests);
    }
  }

  private static KeyServer.Behaviour redirect(int status, String target) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", target);
      KeyServer.status(status, Deliveries.bytes("moved")).answer(exchange);
    };
  }

  @Test
  void noServerIsNoKey() throws Exception {
    KeyServer gone = new KeyServer(KeyServer.document(new byte[0]));
    gone.close();
    try (Verifier verifier = from(gone).build()) {
      assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, KEY));
    }
  }

  @Test
  void aDocumentIsReadUpToItsBound() throws Exception {
    for (long announced : new long[] {0, 50 << 20}) {
      AtomicLong sent = new AtomicLong();
      CountDownLatch ended = new CountDownLatch(1);
      KeyServer.Behaviour endless =
          exchange -> {
            exchange.sendResponseHeaders(200, announced);
            byte[] blanks = " ".repeat(64 * 1024).getBytes();
            try (OutputStream body = exchange.getResponseBody()) {
              while (sent.get() < 50 << 20) {
                body.write(blanks);
                sent.addAndGet(blanks.length);
              }
            } finally {
              ended.countDown();
            }
          };
      try (KeyServer server = new KeyServer(endless);
          Verifier verifier = from(server).build()) {
        long start = System.nanoTime();
        assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, KEY));
        assertTrue(seconds(start) < 4, "it is given up at once");
        assertTrue(ended.await(10, TimeUnit.SECONDS));
        assertTrue(sent.get() < 16 << 20, () -> sent + " bytes were sent");
      }
    }
  }

  @Test
  void aServerThatStallsHoldsNobodyForLong() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    List<KeyServer.Behaviour> stalls =
        List.of(
            exchange -> end.await(),
            exchange -> {
              exchange.sendResponseHeaders(200, 1_000);
              exchange.getResponseBody().write(' ');
              exchange.getResponseBody().flush();
              end.await();
            },
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              while (!end.await(200, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
              }
            });
    ExecutorService threads = Executors.newCachedThreadPool();
    List<AutoCloseable> open = new ArrayList<>();
    try {
      List<Future<Double>> waits = new ArrayList<>();
      for (KeyServer.Behaviour stall : stalls) {
        KeyServer server = new KeyServer(stall);
        open.add(server);
        Verifier verifier = from(server).option("jwks_cooldown", 1).build();
        open.add(verifier);
        // All wait for the first, and nobody begins anew.
        for (int i = 0; i < 4; i++) {
          waits.add(
              threads.submit(
                  () -> {
                    long start = System.nanoTime();
                    assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, KEY));
                    return seconds(start);
                  }));
        }
      }
      for (Future<Double> wait : waits) {
        double seconds = wait.get(30, TimeUnit.SECONDS);
        assertTrue(seconds > 3 && seconds < 8, () -> seconds + " seconds");
      }
    } finally {
      end.countDown();
      threads.shutdownNow();
      for (AutoCloseable closeable : open) {
        closeable.close();
      }
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @Test
  void manyDeliveriesAtOnceFetchOnce() throws Exception {
    KeyServer.Behaviour slow =
        exchange -> {
          Thread.sleep(300);
          KeyServer.document(Tokens.keySet(KEY)).answer(exchange);
        };
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try (KeyServer server = new KeyServer(slow);
        Verifier verifier = from(server).build()) {
      WebhookRequest delivery = Tokens.delivery(Tokens.token(KEY));
      List<Future<VerifiedEvent>> events = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        events.add(threads.submit(() -> verifier.verify(delivery)));
      }
      for (Future<VerifiedEvent> event : events) {
        assertEquals("first", event.get(20, TimeUnit.SECONDS).keyId());
      }
      assertEquals(1, server.requests.size());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whoIsInterruptedGivesUpAndStaysInterrupted() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (KeyServer server = new KeyServer(exchange -> end.await());
        Verifier verifier = from(server).build()) {
      Thread.currentThread().interrupt();
      assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, KEY));
      assertTrue(Thread.interrupted());
      end.countDown();
    }
  }

  @Test
  void aDirectoryNamesKeysOfItsOwnHostOnly() throws Exception {
    try (KeyServer server = new KeyServer(KeyServer.document(new byte[0]))) {
      for (String keys :
          List.of(server.url("/keys"), "https://keys.example.net/", "http://localhost/keys", "")) {
        server.requests.clear();
        server.behaviour =
            exchange ->
                KeyServer.document(
                        exchange.getRequestURI().getPath().equals("/keys")
                            ? Tokens.keySet(KEY)
                            : Deliveries.bytes("{\"jwks_uri\":\"" + keys + "\"}"))
                    .answer(exchange);
        try (Verifier verifier =
            Tokens.verifier().option("metadata_uri", server.url("/directory")).build()) {
          if (keys.equals(server.url("/keys"))) {
            verify(verifier, KEY);
            assertEquals(List.of("/directory", "/keys"), server.requests);
          } else {
            assertEquals(ErrorCode.KEY_UNAVAILABLE, refusal(verifier, KEY));
            assertEquals(List.of("/directory"), server.requests);
          }
        }
      }
    }
  }

  @Test
  void keysComeOverHttpsOrFromThisMachine() {
    for (String url :
        List.of(
            "http://keys.example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "ftp://keys.example.com/",
            "file:///etc/passwd",
            "/keys",
            "")) {
      Verifier.Builder builder = Tokens.verifier().option("jwks_uri", url);
      ConfigurationException refusal =
          assertThrows(ConfigurationException.class, builder::build, url);
      assertTrue(refusal.detail().contains("jwks_uri"), refusal::detail);
    }
  }

  @Test
  void theClientCanBeGiven() throws Exception {
    try (KeyServer proxy = new KeyServer(KeyServer.document(Tokens.keySet(KEY)))) {
      HttpClient client =
          HttpClient.newBuilder()
              .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port())))
              .connectTimeout(Duration.ofSeconds(2))
              .build();
      try (Verifier verifier =
          Tokens.verifier()
              .option("jwks_uri", "http://127.0.0.1:1/keys")
              .httpClient(client)
              .build()) {
        verify(verifier, KEY);
        assertEquals(List.of("http://127.0.0.1:1/keys"), proxy.requests);
      }
      HttpClient follows =
          HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
      assertThrows(
          ConfigurationException.class, () -> Tokens.verifier().httpClient(follows).build());
    }
  }

  @Test
  void theKeysAreAskedForAsJson() throws Exception {
    List<String> accepted = new ArrayList<>();
    try (KeyServer server =
            new KeyServer(
                exchange -> {
                  accepted.add(exchange.getRequestMethod());
                  accepted.addAll(exchange.getRequestHeaders().get("Accept"));
                  KeyServer.document(Tokens.keySet(KEY)).answer(exchange);
                });
        Verifier verifier = from(server).build()) {
      verify(verifier, KEY);
      assertEquals(List.of("GET", "application/json, */*;q=0.1"), accepted);
    }
  }
}
