package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every native method in a virtual machine that checks each call and prints what is wrong. */
final class CheckJniTest {
  @Test
  void theVirtualMachineFindsNothing() throws Exception {
    ChildJvm.Result result = ChildJvm.run(EveryCall.class, "-Xcheck:jni");
    assertEquals("done\n", result.output().replaceAll("(?m)^.*deliberate panic.*\\R?", ""));
    assertEquals(0, result.exit());
  }

  static final class EveryCall {
    public static void main(String[] arguments) {
      Hookseal.schemes();
      Hookseal.errorCodes();
      for (int round = 0; round < 100; round++) {
        try (Verifier verifier = Deliveries.verifier()) {
          verifier.verify(Deliveries.request());
          refuse(() -> verifier.verify(request(new byte[100_000])));
          refuse(() -> verifier.verify(request(new byte[0])));
          verifier.sign(request(Deliveries.BODY));
          String id = "n".repeat(5_000);
          Map<String, String> headers =
              verifier.sign(request(Deliveries.BODY), SigningOptions.defaults().withDeliveryId(id));
          verifier.verify(WebhookRequest.of("POST", Deliveries.URL, headers, Deliveries.BODY));
        }
        try (Verifier verifier = decryptingVerifier()) {
          for (int length : new int[] {1, 100_000}) {
            verifier.decrypt(new byte[length], new byte[16]);
            verifier.decrypt(new byte[length], new byte[16], "aes-256-ctr");
            refuse(() -> verifier.decrypt(new byte[length], null));
            refuse(() -> verifier.decrypt(new byte[length], new byte[16], "none"));
          }
        }
        refuse(() -> Verifier.builder("plivo").build());
      }
      System.out.println("done");
    }

    private static Verifier decryptingVerifier() {
      return Verifier.builder("vcc-live")
          .options(Map.of("secret", "s3cret", "cipher", "aes-256-ctr", "plaintext", "bytes"))
          .build();
    }

    private static WebhookRequest request(byte[] body) {
      return WebhookRequest.of("POST", Deliveries.URL, Map.of(), body);
    }

    private static void refuse(Runnable work) {
      try {
        work.run();
      } catch (HooksealException expected) {
        return;
      }
      throw new AssertionError("not refused");
    }
  }
}
