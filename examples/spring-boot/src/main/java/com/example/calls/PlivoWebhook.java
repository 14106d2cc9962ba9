package com.example.calls;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.providers.Plivo;
import io.hookseal.spring.VerifiedWebhook;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Answers calls: Plivo asks what to do. */
@RestController
@ConditionalOnProperty("PLIVO_AUTH_TOKEN")
class PlivoWebhook {
  @Bean
  Verifier plivo(
      @Value("${PLIVO_AUTH_TOKEN}") List<String> tokens, @Value("${PUBLIC_URL}") String publicUrl) {
    return Plivo.verifier().authToken(tokens).publicUrl(publicUrl).build();
  }

  @VerifiedWebhook("plivo")
  @RequestMapping(
      path = "/plivo/answer",
      method = {RequestMethod.GET, RequestMethod.POST})
  ResponseEntity<String> answer(VerifiedEvent event) {
    CallsApplication.received(event);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_XML)
        .body("<Response><Speak>Hello</Speak></Response>");
  }
}
