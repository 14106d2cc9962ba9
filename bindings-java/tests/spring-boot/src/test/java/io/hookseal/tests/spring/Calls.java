package io.hookseal.tests.spring;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;

/** An application with handlers of every kind. */
@SpringBootConfiguration
@EnableAutoConfiguration
@RestController
class Calls {
  /** How often an annotated handler was called. */
  final AtomicInteger called = new AtomicInteger();

  /** Everything there is, whatever the path. */
  @VerifiedWebhook("calls")
  @RequestMapping(
      path = "/hooks/**",
      method = {RequestMethod.GET, RequestMethod.POST, RequestMethod.PUT})
  String hook(VerifiedEvent event, HttpServletRequest request) throws IOException {
    called.incrementAndGet();
    byte[] again = request.getInputStream().readAllBytes();
    String parameters =
        request.getParameterMap().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + String.join("|", entry.getValue()))
            .collect(Collectors.joining(";"));
    return event.deliveryId().orElseThrow()
        + " "
        + event.payload().length
        + " "
        + java.util.Arrays.equals(event.payload(), again)
        + " "
        + parameters;
  }

  @VerifiedWebhook("calls")
  @PostMapping("/params")
  String params(@RequestParam("From") String from, @RequestParam("q") String q) {
    called.incrementAndGet();
    return from + " " + q;
  }

  @VerifiedWebhook("calls")
  @PostMapping("/body")
  String body(@RequestBody byte[] body) {
    called.incrementAndGet();
    return new String(body, StandardCharsets.UTF_8);
  }

  @VerifiedWebhook("calls")
  @PostMapping("/later")
  Callable<String> later(VerifiedEvent event) {
    called.incrementAndGet();
    return () -> "later " + event.scheme();
  }

  @VerifiedWebhook("calls")
  @PostMapping(path = "/conditional", params = "Event=StartApp")
  String conditional() {
    called.incrementAndGet();
    return "conditional";
  }

  @PostMapping("/forward")
  ModelAndView forward() {
    return new ModelAndView("forward:/hooks/x");
  }

  /** Not annotated, and a more specific path than that of the hook. */
  @GetMapping("/hooks/health")
  String health() {
    return "well";
  }

  @PostMapping("/open")
  String open(@RequestParam("a") String a) {
    return "open " + a;
  }

  @PostMapping("/upload")
  String upload(@RequestParam("file") MultipartFile file) throws IOException {
    return "upload " + new String(file.getBytes(), StandardCharsets.UTF_8);
  }
}
