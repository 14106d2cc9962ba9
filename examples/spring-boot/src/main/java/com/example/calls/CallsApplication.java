package com.example.calls;

import io.hookseal.VerifiedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Takes the webhooks of five systems, and nobody else's. Each has a class of its own and is there
 * where its variables are set.
 */
@SpringBootApplication
public class CallsApplication {
  private static final Log LOG = LogFactory.getLog(CallsApplication.class);

  public static void main(String[] arguments) {
    SpringApplication.run(CallsApplication.class, arguments);
  }

  /** Whoever delivers wants an answer soon: the work itself belongs into a queue. */
  static void received(VerifiedEvent event) {
    LOG.info(event.scheme() + ": " + event.payload().length + " bytes, key " + event.keyId());
  }
}
