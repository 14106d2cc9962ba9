package receiver;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import io.hookseal.spring.WebhookRejectionHandler;
import io.hookseal.spring.WebhookSelector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * Verifies whatever comes, by the entry of {@code HOOKSEAL_WEBHOOKS} that the header {@code
 * Hookseal-Webhook} names, and tells what it found.
 */
@SpringBootApplication
@RestController
public class Receiver {
  private static final String WEBHOOK = "Hookseal-Webhook";

  public static void main(String[] arguments) {
    SpringApplication.run(Receiver.class, arguments);
  }

  @Bean
  WebhookSelector selector() throws IOException {
    Entries entries = Entries.read(Path.of(System.getenv("HOOKSEAL_WEBHOOKS")));
    return request -> entries.select(request.getHeader(WEBHOOK));
  }

  @Bean
  WebhookRejectionHandler rejectionHandler() {
    return (error, request, response) -> response.setHeader("Hookseal-Code", error.code().text());
  }

  @VerifiedWebhook
  @RequestMapping(path = "/**", headers = WEBHOOK)
  ResponseEntity<Map<String, Object>> verified(VerifiedEvent event) {
    Map<String, Object> covers = new LinkedHashMap<>();
    covers.put("body", event.covers().body().text());
    covers.put("url", event.covers().url().text());
    covers.put("method", event.covers().method());
    covers.put("timestamp", event.covers().timestamp().text());
    covers.put("delivery_id", event.covers().deliveryId().text());
    covers.put("confidential", event.covers().confidential());
    covers.put("parts", event.covers().parts());

    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("scheme", event.scheme());
    facts.put("payload_base64", Base64.getEncoder().encodeToString(event.payload()));
    facts.put("key_id", event.keyId());
    facts.put("timestamp", event.timestamp().isPresent() ? event.timestamp().getAsLong() : null);
    facts.put("delivery_id", event.deliveryId().orElse(null));
    facts.put("event_type", event.eventType().orElse(null));
    facts.put("replay_key", event.replayKey().orElse(null));
    facts.put("claims", event.claims());
    facts.put("covers", covers);
    facts.put("url_form", event.urlForm());
    // Whatever the request accepts.
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(facts);
  }

  /** Spring answers OPTIONS by itself, unless a handler asks for it by name. */
  @VerifiedWebhook
  @RequestMapping(path = "/**", headers = WEBHOOK, method = RequestMethod.OPTIONS)
  ResponseEntity<Map<String, Object>> options(VerifiedEvent event) {
    return verified(event);
  }

  /** Without the header, for whoever waits until the receiver is up. */
  @GetMapping(path = "/", headers = "!" + WEBHOOK)
  ResponseEntity<String> ready() {
    return ResponseEntity.ok("ready");
  }
}
