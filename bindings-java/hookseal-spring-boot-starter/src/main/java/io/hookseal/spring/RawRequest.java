package io.hookseal.spring;

import io.hookseal.ErrorCode;
import io.hookseal.VerificationException;
import io.hookseal.Verifier;
import io.hookseal.WebhookRequest;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A request as it came over the wire. It is taken beneath everything that filters wrap around it,
 * since they show what a header says in place of target, scheme and peer; and when the request
 * enters, since some servers change it for a forward.
 */
final class RawRequest {
  private static final String ATTRIBUTE = RawRequest.class.getName();

  private final HttpServletRequest wire;
  private final String method;
  private final String target;
  private final String authority;
  private final String scheme;
  private final String peer;

  /** Null until it is read. */
  private byte[] body;

  private RawRequest(HttpServletRequest wire, boolean showsConnection) {
    this.wire = wire;
    this.method = wire.getMethod();
    String query = wire.getQueryString();
    this.target = wire.getRequestURI() + (query == null ? "" : '?' + query);
    this.authority = authority(wire);
    // Not getScheme(): a server may take that from an absolute target.
    String connection = wire.getServletConnection().isSecure() ? "https" : "http";
    this.scheme = showsConnection ? connection : null;
    this.peer = showsConnection ? wire.getRemoteAddr() : null;
  }

  /**
   * Takes a request that enters.
   *
   * @param showsConnection false where the server itself puts what a header says in the place of
   *     what it knows of the connection; then that counts as unknown
   */
  static void capture(HttpServletRequest request, boolean showsConnection) {
    ServletRequest wire = request;
    while (wire instanceof ServletRequestWrapper wrapper) {
      wire = wrapper.getRequest();
    }
    request.setAttribute(ATTRIBUTE, new RawRequest((HttpServletRequest) wire, showsConnection));
  }

  /** What was captured of a request; empty where it did not enter through the filter. */
  static Optional<RawRequest> of(ServletRequest request) {
    return Optional.ofNullable((RawRequest) request.getAttribute(ATTRIBUTE));
  }

  /** The request for those who look at it without touching its body. */
  HttpServletRequest forLookup() {
    return new LookupRequest(wire);
  }

  String method() {
    return method;
  }

  /** The path as it was sent, without the query, which may hold a token. */
  String path() {
    return target.split("\\?", 2)[0];
  }

  /** Rejects what can be rejected without the body. */
  void checkHead(Verifier verifier) {
    verifier.checkHead(head().build());
  }

  /** The request with the body that was read. */
  WebhookRequest whole() {
    return head().body(body).build();
  }

  /**
   * The body, which is read once.
   *
   * @param request the request as filters have made it: what is verified must be what they hand on
   * @throws VerificationException where it is too large or already gone
   */
  byte[] body(HttpServletRequest request, long maxBytes) throws IOException {
    if (body == null) {
      body = RawBody.read(request, maxBytes);
    } else if (body.length > maxBytes) {
      throw new VerificationException(
          ErrorCode.BODY_TOO_LARGE, "the body is longer than " + maxBytes + " bytes");
    }
    return body;
  }

  private WebhookRequest.Builder head() {
    WebhookRequest.Builder head =
        WebhookRequest.builder()
            .method(method)
            .url(target)
            .authority(authority)
            .scheme(scheme)
            .peerIp(peer);
    // All of them: headers that are not verified explain a rejection.
    Collections.list(wire.getHeaderNames()).stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .distinct()
        .forEach(
            name ->
                Collections.list(wire.getHeaders(name)).forEach(value -> head.header(name, value)));
    return head;
  }

  /** The host that was asked for; one that was asked for twice makes no host. */
  private static String authority(HttpServletRequest wire) {
    String hosts =
        Collections.list(wire.getHeaders("Host")).stream()
            .distinct()
            .collect(Collectors.joining(", "));
    if (!hosts.isEmpty() || wire.getHeader("Host") != null) {
      return hosts;
    }
    // HTTP/2 and tests have none.
    String name = wire.getServerName();
    int port = wire.getServerPort();
    return port == 80 || port == 443 ? name : name + ':' + port;
  }
}
