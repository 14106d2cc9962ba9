package com.example.calls;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.providers.VccLive;
import io.hookseal.spring.VerifiedWebhook;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Events of VCC Live, encrypted and with a token in the URL. */
@RestController
@ConditionalOnProperty({"VCC_LIVE_URL_TOKEN", "VCC_LIVE_SECRET", "VCC_LIVE_CIPHER"})
class VccLiveWebhook {
  @Bean
  Verifier vccLive(
      @Value("${VCC_LIVE_URL_TOKEN}") List<String> urlTokens,
      @Value("${VCC_LIVE_SECRET}") List<String> secrets,
      @Value("${VCC_LIVE_CIPHER}") String cipher,
      @Value("${PUBLIC_URL}") String publicUrl) {
    return VccLive.verifier()
        .urlToken(urlTokens)
        .secret(secrets)
        .cipher(cipher)
        .publicUrl(publicUrl)
        .build();
  }

  @VerifiedWebhook("vccLive")
  @PostMapping("/vcc-live")
  void event(VerifiedEvent event) {
    CallsApplication.received(event);
  }
}
