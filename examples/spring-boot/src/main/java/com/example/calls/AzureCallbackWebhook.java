package com.example.calls;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.providers.AzureCommunicationServices;
import io.hookseal.spring.VerifiedWebhook;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Events of the calls that Azure Communication Services automates. */
@RestController
@ConditionalOnProperty("AZURE_ACS_AUDIENCE")
class AzureCallbackWebhook {
  @Bean
  Verifier azureCallback(
      @Value("${AZURE_ACS_AUDIENCE}") String audience,
      @Value("${AZURE_ACS_JWKS_URI:}") String jwksUri,
      @Value("${PUBLIC_URL}") String publicUrl) {
    AzureCommunicationServices builder =
        AzureCommunicationServices.verifier().audience(audience).publicUrl(publicUrl);
    if (!jwksUri.isEmpty()) {
      // Otherwise the keys are found by the metadata that Microsoft publishes.
      builder.jwksUri(jwksUri);
    }
    return builder.build();
  }

  @VerifiedWebhook("azureCallback")
  @PostMapping("/azure/callback")
  void event(VerifiedEvent event) {
    CallsApplication.received(event);
  }
}
