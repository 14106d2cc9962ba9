package io.hookseal.tests.spring;

import io.hookseal.spring.VerifiedWebhook;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Handlers that tell which of them was called, and for which target. */
@Configuration(proxyBeanMethods = false)
@RestController
class PlainHooks {
  @VerifiedWebhook("plain")
  @RequestMapping("/plain/**")
  ResponseEntity<String> plain(HttpServletRequest request) {
    return served("/plain", request);
  }

  @VerifiedWebhook("near")
  @RequestMapping("/near/**")
  ResponseEntity<String> near(HttpServletRequest request) {
    return served("/near", request);
  }

  @VerifiedWebhook("secure")
  @RequestMapping("/secure/**")
  ResponseEntity<String> secure(HttpServletRequest request) {
    return served("/secure", request);
  }

  @VerifiedWebhook("v2")
  @RequestMapping("/v2/**")
  ResponseEntity<String> v2(HttpServletRequest request) {
    return served("/v2", request);
  }

  private static ResponseEntity<String> served(String name, HttpServletRequest request) {
    String query = request.getQueryString();
    String target = request.getRequestURI() + (query == null ? "" : "?" + query);
    return ResponseEntity.ok().header("Served", target).body(name);
  }
}
