package com.example.calls;

import io.hookseal.VerifiedEvent;
import io.hookseal.Verifier;
import io.hookseal.providers.AzureEventGrid;
import io.hookseal.spring.VerifiedWebhook;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Incoming calls and other events, by Azure Event Grid. */
@RestController
@ConditionalOnProperty({"AZURE_EVENT_GRID_TOKEN", "AZURE_EVENT_GRID_SUBSCRIPTION"})
class AzureEventsWebhook {
  @Bean
  Verifier azureEvents(
      @Value("${AZURE_EVENT_GRID_TOKEN}") List<String> urlTokens,
      @Value("${AZURE_EVENT_GRID_SUBSCRIPTION}") List<String> subscriptions,
      @Value("${PUBLIC_URL}") String publicUrl) {
    return AzureEventGrid.verifier()
        .urlToken(urlTokens)
        .subscriptionNames(subscriptions)
        .publicUrl(publicUrl)
        .build();
  }

  @VerifiedWebhook("azureEvents")
  @RequestMapping(
      path = "/azure/events",
      // OPTIONS is how subscriptions in the CloudEvents schema begin.
      method = {RequestMethod.POST, RequestMethod.OPTIONS})
  void event(VerifiedEvent event) {
    CallsApplication.received(event);
  }
}
