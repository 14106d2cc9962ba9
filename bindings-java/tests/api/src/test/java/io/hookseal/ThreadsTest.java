package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
  private static final int THREADS = 8;

  private static void together(Callable<Void> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Void>> futures = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        futures.add(threads.submit(work));
      }
      for (Future<Void> future : futures) {
        future.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Half of the threads change the bytes, while the others read them. */
  private static void whileOthersWrite(byte[] bytes, Runnable read) throws Exception {
    AtomicInteger order = new AtomicInteger();
    together(
        () -> {
          boolean writes = order.getAndIncrement() % 2 == 0;
          for (int i = 0; i < 300; i++) {
            if (writes) {
              bytes[i * 7] ^= 1;
            } else {
              read.run();
            }
          }
          return null;
        });
  }

  @Test
  void oneVerifierServesAllThreads() throws Exception {
    try (Verifier verifier = Deliveries.verifier()) {
      WebhookRequest good = Deliveries.request();
      WebhookRequest bad =
          WebhookRequest.of("POST", Deliveries.URL + "?x", Deliveries.headers(), Deliveries.BODY);
      Optional<String> replayKey = verifier.verify(good).replayKey();
      together(
          () -> {
            for (int i = 0; i < 5_000; i++) {
              assertEquals(replayKey, verifier.verify(good).replayKey());
              assertThrows(VerificationException.class, () -> verifier.verify(bad));
            }
            return null;
          });
    }
  }

  // Pitfall FFI-3.
  @Test
  void verifyingRacesClosing() throws Exception {
    WebhookRequest request = Deliveries.request();
    for (int round = 0; round < 200; round++) {
      Verifier verifier = Deliveries.verifier();
      CountDownLatch started = new CountDownLatch(THREADS);
      AtomicInteger order = new AtomicInteger();
      together(
          () -> {
            int mine = order.getAndIncrement();
            started.countDown();
            started.await();
            try {
              for (int i = 0; ; i++) {
                verifier.verify(request);
                if (mine < 2 && i == 20) {
                  verifier.close();
                }
              }
            } catch (IllegalStateException closed) {
              assertEquals("the verifier is closed", closed.getMessage());
            }
            return null;
          });
      assertThrows(IllegalStateException.class, () -> verifier.verify(request));
      assertThrows(IllegalStateException.class, () -> verifier.sign(request));
      verifier.close();
    }
  }

  @Test
  void theLastOutClosesOnce() throws Exception {
    for (int round = 0; round < 300; round++) {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger closed = new AtomicInteger();
      HandleLock lock =
          new HandleLock(
              "verifier",
              () -> {
                assertEquals(0, inside.get());
                closed.incrementAndGet();
              });
      together(
          () -> {
            try {
              for (int i = 0; i < 200; i++) {
                int counter = lock.acquire();
                inside.incrementAndGet();
                assertEquals(0, closed.get());
                inside.decrementAndGet();
                lock.release(counter);
                if (i == 150) {
                  lock.close();
                }
              }
            } catch (IllegalStateException shut) {
              lock.close();
            }
            return null;
          });
      assertEquals(1, closed.get());
    }
  }

  @Test
  void aThreadInsideKeepsTheHandleOpen() {
    AtomicInteger closed = new AtomicInteger();
    HandleLock lock = new HandleLock("verifier", closed::incrementAndGet);
    int counter = lock.acquire();
    lock.close();
    assertEquals(0, closed.get());
    assertThrows(IllegalStateException.class, lock::acquire);
    assertEquals(0, closed.get());
    lock.release(counter);
    assertEquals(1, closed.get());
  }

  @Test
  void aVerifierThatNobodyHoldsIsCollected() throws Exception {
    WeakReference<Verifier> reference = new WeakReference<>(Deliveries.verifier());
    for (int i = 0; i < 100 && reference.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertTrue(reference.get() == null);
  }

  @Test
  void aBodyThatChangesMeanwhileHarmsNothing() throws Exception {
    byte[] body = new byte[256 * 1024];
    try (Verifier verifier = Verifier.builder("github").option("secret", "s3cret").build()) {
      Map<String, String> headers =
          verifier.sign(WebhookRequest.of("POST", Deliveries.URL, Map.of(), body));
      WebhookRequest request = WebhookRequest.of("POST", Deliveries.URL, headers, body);
      whileOthersWrite(
          body,
          () -> {
            try {
              verifier.verify(request);
            } catch (VerificationException refusal) {
              assertEquals(ErrorCode.SIGNATURE_MISMATCH, refusal.code());
            }
          });
    }
  }

  @Test
  void aCiphertextThatChangesMeanwhileHarmsNothing() throws Exception {
    byte[] ciphertext = new byte[256 * 1024];
    byte[] iv = new byte[16];
    try (Verifier verifier =
        Verifier.builder("vcc-live")
            .options(Map.of("secret", "s3cret", "cipher", "aes-256-ctr", "plaintext", "bytes"))
            .build()) {
      byte[] before = verifier.decrypt(ciphertext, iv);
      whileOthersWrite(
          ciphertext,
          () -> assertEquals(ciphertext.length, verifier.decrypt(ciphertext, iv).length));
      byte[] after = verifier.decrypt(ciphertext, iv);
      for (int i = 0; i < after.length; i++) {
        assertEquals(ciphertext[i], before[i] ^ after[i]);
      }
    }
  }
}
