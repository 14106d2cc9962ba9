package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Targets that a server may be tempted to decode or to tidy up, signed as they are sent. */
final class TargetsTest {
  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Everything {
    @VerifiedWebhook("calls")
    @RequestMapping("/**")
    String hook(VerifiedEvent event) {
      return event.urlForm();
    }
  }

  private static App app;

  @BeforeAll
  static void start() {
    // What a browser would escape, Tomcat refuses unless it is told not to.
    app =
        App.start(
            Map.of(
                "server.tomcat.relaxed-query-chars", "\",<,>,[,\\,],^,`,{,|,}",
                "server.tomcat.relaxed-path-chars", "\",<,>,[,],^,`,{,|,}"),
            Everything.class);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void theyArriveAsSent() throws Exception {
    for (String target :
        List.of(
            "/",
            "/?",
            "/a?",
            "/a?&&",
            "/a?x=1?y=2",
            "//a//b",
            "/a//b/",
            "/a;x=1;y",
            "/a;x=%2F?q",
            "/;/a",
            "/./a",
            "/b/../a",
            "/%61%20b",
            "/caf%C3%A9",
            "/%2e/a",
            "/a%25b",
            "/a%3Fb%23c%3B",
            "/a+b*c~d!$&'(),=:@",
            "/a?q=%zz&%",
            "/a?q=%00%0a",
            "/a?q=/%2F;x=[]{}|\\^`\"<>",
            "/a[]{}|^`\"<>")) {
      Http.Answer answer = Http.get(app, target);
      assertEquals(200, answer.status(), target);
      assertEquals("as-is", answer.body(), target);
    }
  }

  @Test
  void whatTomcatRefusesItselfReachesNobody() throws Exception {
    for (String target :
        List.of(
            "/a%2Fb",
            "/a%5Cb",
            "/a\\b",
            "/%00",
            "/%zz",
            "/%e4",
            "/a%",
            "/../a",
            "/%2e%2e/a",
            "/a b",
            "/a#b",
            "/\u00e9",
            "/a?\u00e9",
            "/a?\u0001")) {
      Http.Answer answer = Http.send(app, "GET", target, Map.of(), new byte[0]);
      assertEquals(400, answer.status(), target);
      assertFalse(answer.body().contains("webhook_rejected"), target);
    }
  }
}
