package com.example.calls;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.providers.Enablex;
import io.hookseal.spring.VerifiedWebhook;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Call events of EnableX, which come encrypted. */
@RestController
@ConditionalOnProperty("ENABLEX_APP_ID")
class EnableXWebhook {
  @Bean
  Verifier enablex(
      @Value("${ENABLEX_APP_ID}") List<String> appIds, @Value("${PUBLIC_URL}") String publicUrl) {
    return Enablex.verifier().appId(appIds).publicUrl(publicUrl).build();
  }

  @VerifiedWebhook("enablex")
  @PostMapping("/enablex")
  void event(VerifiedEvent event) {
    CallsApplication.received(event);
  }
}
