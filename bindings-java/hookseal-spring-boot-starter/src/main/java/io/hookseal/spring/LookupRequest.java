package io.hookseal.spring;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A request for finding out who would handle it: whatever the handler mappings do with it, the real
 * one keeps its attributes and its unread body. Its parameters are those of the query.
 */
final class LookupRequest extends HttpServletRequestWrapper {
  private final Map<String, Object> attributes = new HashMap<>();
  private Map<String, String[]> parameters;

  LookupRequest(HttpServletRequest request) {
    super(request);
  }

  @Override
  public Object getAttribute(String name) {
    return attributes.containsKey(name) ? attributes.get(name) : super.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, Object value) {
    attributes.put(name, value);
  }

  @Override
  public void removeAttribute(String name) {
    attributes.put(name, null);
  }

  @Override
  public Enumeration<String> getAttributeNames() {
    Set<String> names = new TreeSet<>(Collections.list(super.getAttributeNames()));
    names.addAll(attributes.keySet());
    names.removeIf(name -> getAttribute(name) == null);
    return Collections.enumeration(names);
  }

  @Override
  public String getParameter(String name) {
    String[] values = getParameterMap().get(name);
    return values == null ? null : values[0];
  }

  @Override
  public String[] getParameterValues(String name) {
    return getParameterMap().get(name);
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.enumeration(getParameterMap().keySet());
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    if (parameters == null) {
      Map<String, List<String>> fields = new LinkedHashMap<>();
      String query = getQueryString();
      if (query != null) {
        FormFields.parse(
            query.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8, fields);
      }
      parameters = Collections.unmodifiableMap(FormFields.toArrays(fields));
    }
    return parameters;
  }

  @Override
  public ServletInputStream getInputStream() {
    throw unread();
  }

  @Override
  public BufferedReader getReader() {
    throw unread();
  }

  @Override
  public Collection<Part> getParts() {
    throw unread();
  }

  @Override
  public Part getPart(String name) {
    throw unread();
  }

  private static IllegalStateException unread() {
    return new IllegalStateException("the body of a webhook is not read before it is verified");
  }
}
