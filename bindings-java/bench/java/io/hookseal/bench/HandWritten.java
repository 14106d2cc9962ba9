package io.hookseal.bench;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a careful user writes with what Java has. Safe for threads, as ours is. */
final class HandWritten {
  private record Field(String name, String value) {}

  private static final Comparator<Field> ORDER =
      Comparator.comparing(Field::name).thenComparing(Field::value);

  private final SecretKeySpec key;

  HandWritten(String secret) {
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /** HMAC over URL, sorted parameters and nonce, in base64; several may be listed. */
  boolean isGenuineForm(String url, Map<String, String> headers, byte[] body)
      throws GeneralSecurityException {
    String signatures = headers.get("x-plivo-signature-v3");
    String nonce = headers.get("x-plivo-signature-v3-nonce");
    if (signatures == null || nonce == null) {
      return false;
    }
    int mark = url.indexOf('?');
    List<Field> query = fields(mark < 0 ? "" : url.substring(mark + 1));
    List<Field> form = fields(new String(body, StandardCharsets.UTF_8));
    StringBuilder text = new StringBuilder(url.length() + body.length);
    text.append(url, 0, mark < 0 ? url.length() : mark);
    if (!query.isEmpty() || !form.isEmpty()) {
      text.append('?');
    }
    for (int i = 0; i < query.size(); i++) {
      text.append(i == 0 ? "" : "&").append(query.get(i).name()).append('=');
      text.append(query.get(i).value());
    }
    if (!query.isEmpty() && !form.isEmpty()) {
      text.append('.');
    }
    for (Field field : form) {
      text.append(field.name()).append(field.value());
    }
    text.append('.').append(nonce);
    byte[] expected = mac(text.toString().getBytes(StandardCharsets.UTF_8));
    boolean genuine = false;
    for (String signature : signatures.split(",")) {
      genuine |= MessageDigest.isEqual(expected, Base64.getDecoder().decode(signature.trim()));
    }
    return genuine;
  }

  /** HMAC over the body, in hex. */
  boolean isGenuineBody(Map<String, String> headers, byte[] body) throws GeneralSecurityException {
    String signature = headers.get("x-hub-signature-256");
    if (signature == null || !signature.startsWith("sha256=")) {
      return false;
    }
    byte[] given = HexFormat.of().parseHex(signature, "sha256=".length(), signature.length());
    return MessageDigest.isEqual(mac(body), given);
  }

  private byte[] mac(byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(key);
    return mac.doFinal(message);
  }

  private static List<Field> fields(String form) {
    List<Field> fields = new ArrayList<>();
    for (String pair : form.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      fields.add(
          new Field(
              URLDecoder.decode(name, StandardCharsets.UTF_8),
              URLDecoder.decode(value, StandardCharsets.UTF_8)));
    }
    fields.sort(ORDER);
    return fields;
  }
}
