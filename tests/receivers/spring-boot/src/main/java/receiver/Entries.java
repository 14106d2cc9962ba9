package receiver;

import io.hookseal.ConfigurationException;
import io.hookseal.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.json.JsonParserFactory;

/** The verifiers of the file {@code {name: {"scheme": …, option: …, "now": seconds}}}. */
final class Entries {
  private final Map<String, Verifier> verifiers = new HashMap<>();

  /** Entries whose options were refused: their deliveries get that error. */
  private final Map<String, ConfigurationException> refused = new HashMap<>();

  private Entries() {}

  static Entries read(Path file) throws IOException {
    Map<String, Object> json = JsonParserFactory.getJsonParser().parseMap(Files.readString(file));
    Entries entries = new Entries();
    json.forEach((name, entry) -> entries.add(name, (Map<?, ?>) entry));
    return entries;
  }

  /** The verifier of that name; empty where there is none. */
  Optional<Verifier> select(String name) {
    ConfigurationException refusal = refused.get(name);
    if (refusal != null) {
      throw refusal;
    }
    return Optional.ofNullable(verifiers.get(name));
  }

  private void add(String name, Map<?, ?> entry) {
    try {
      verifiers.put(name, verifier(entry));
    } catch (ConfigurationException e) {
      refused.put(name, e);
    }
  }

  @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
  private static Verifier verifier(Map<?, ?> entry) {
    Map<String, Object> options = new HashMap<>((Map<String, Object>) entry);
    Object scheme = options.remove("scheme");
    Object now = options.remove("now");
    Verifier.Builder builder =
        scheme instanceof Map<?, ?> custom
            ? Verifier.builder((Map<String, ?>) custom)
            : Verifier.builder((String) scheme);
    if (now != null) {
      Instant instant = Instant.ofEpochSecond(((Number) now).longValue());
      builder.clock(Clock.fixed(instant, ZoneOffset.UTC));
    }
    if (options.containsKey("introspection")) {
      builder.introspector(
          token -> {
            throw new UnsupportedOperationException("nobody is asked");
          });
    }
    return builder.options(options).build();
  }
}
