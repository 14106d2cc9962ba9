package com.example.calls;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.providers.KaisaBasic;
import io.hookseal.spring.VerifiedWebhook;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Events of the Kaisa Engagement Builder, with user name and password. */
@RestController
@ConditionalOnProperty({"KAISA_USERNAME", "KAISA_PASSWORD"})
class KaisaWebhook {
  @Bean
  Verifier kaisa(
      @Value("${KAISA_USERNAME}") String username,
      @Value("${KAISA_PASSWORD}") List<String> passwords,
      @Value("${PUBLIC_URL}") String publicUrl) {
    return KaisaBasic.verifier()
        .username(username)
        .password(passwords)
        .publicUrl(publicUrl)
        .build();
  }

  @VerifiedWebhook("kaisa")
  @PostMapping("/kaisa")
  void event(VerifiedEvent event) {
    CallsApplication.received(event);
  }
}
