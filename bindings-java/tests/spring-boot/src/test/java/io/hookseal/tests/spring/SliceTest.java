package io.hookseal.tests.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hookseal.VerifiedEvent;
import io.hookseal.spring.VerifiedWebhook;
import java.lang.annotation.Annotation;
import java.util.Map;
import java.util.stream.Stream;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A test of a slice of an application, as {@code @WebMvcTest} makes it, has the protection too. */
final class SliceTest {
  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Application {
    @VerifiedWebhook("plain")
    @PostMapping("/plain")
    String plain(VerifiedEvent event) {
      return "plain " + event.payload().length;
    }

    @VerifiedWebhook("public")
    @PostMapping("/public")
    String published(VerifiedEvent event) {
      return "public " + event.payload().length;
    }
  }

  @Test
  void aSliceIsProtected() throws Exception {
    Class<?> sliceTest = sliceTest();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(sliceTest.getClassLoader());
    try {
      TestContextManager manager = new TestContextManager(sliceTest);
      check(manager.getTestContext().getApplicationContext().getBean(MockMvc.class));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void check(MockMvc mvc) throws Exception {
    Map<String, String> urls =
        Map.of("/plain", "http://localhost/plain", "/public", App.PUBLIC_URL + "/public");
    for (Map.Entry<String, String> url : urls.entrySet()) {
      String path = url.getKey();
      byte[] body = Http.bytes("a=b");
      HttpHeaders headers = new HttpHeaders();
      headers.set("Content-Type", Http.FORM);
      MockHttpServletRequestBuilder unsigned =
          MockMvcRequestBuilders.post(path).content(body).headers(headers);
      assertEquals(401, mvc.perform(unsigned).andReturn().getResponse().getStatus());
      Http.signed("POST", url.getValue(), body).forEach(headers::set);
      MockHttpServletRequestBuilder signed =
          MockMvcRequestBuilders.post(path).content(body).headers(headers);
      assertEquals(
          path.substring(1) + " 3",
          mvc.perform(signed).andReturn().getResponse().getContentAsString());
    }
  }

  /** The annotation is in another package in each generation, so the class is made here. */
  private static Class<?> sliceTest() {
    Class<? extends Annotation> annotation =
        Stream.of(
                "org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest",
                "org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest")
            .filter(name -> ClassUtils.isPresent(name, null))
            .<Class<? extends Annotation>>map(
                name -> ClassUtils.resolveClassName(name, null).asSubclass(Annotation.class))
            .findFirst()
            .orElseThrow();
    return new ByteBuddy()
        .subclass(Object.class)
        .name("io.hookseal.tests.spring.MadeSliceTest")
        .annotateType(
            AnnotationDescription.Builder.ofType(annotation).build(),
            AnnotationDescription.Builder.ofType(ContextConfiguration.class)
                .defineTypeArray("classes", Application.class)
                .build(),
            AnnotationDescription.Builder.ofType(TestPropertySource.class)
                .defineArray(
                    "properties",
                    App.EXCLUDE + "=" + App.SECURITY,
                    "hookseal.webhook.plain.scheme=plivo",
                    "hookseal.webhook.plain.options.auth-token=" + App.TOKEN,
                    "hookseal.webhook.public.scheme=plivo",
                    "hookseal.webhook.public.public-url=" + App.PUBLIC_URL,
                    "hookseal.webhook.public.options.auth-token=" + App.TOKEN)
                .build())
        .make()
        // Spring reads the class file as well.
        .load(SliceTest.class.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER_PERSISTENT)
        .getLoaded();
  }
}
