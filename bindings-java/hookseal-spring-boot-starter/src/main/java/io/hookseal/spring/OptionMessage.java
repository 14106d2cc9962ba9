package io.hookseal.spring;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.env.Environment;

/**
 * What the library says of an option, by the names that the option and others have in the sources.
 */
final class OptionMessage {
  /** How every complaint about an option begins, and one about an option within another. */
  private static final Pattern OPTION =
      Pattern.compile("^option `?([\\w.-]+)`?(?: is unknown to option (\\w+))?");

  private static final Pattern MEANT = Pattern.compile("(?<=did you mean )[\\w-]+(?=\\?)");

  /** A word that may be the name of an option, and is no part of a URL that is quoted. */
  private static final Pattern WORD =
      Pattern.compile("(?<=[\\s(`])[a-z0-9]+_\\w+(?=$|[\\s,;:.?)`])");

  private final String name;
  private final HooksealProperties.Webhook webhook;
  private final OptionSchema schema;
  private final Environment environment;

  OptionMessage(String name, HooksealProperties.Webhook webhook, Environment environment) {
    this.name = name;
    this.webhook = webhook;
    this.schema = OptionSchema.of(webhook.getScheme());
    this.environment = environment;
  }

  /** The message with the names that somebody wrote, and with where that is. */
  String of(String detail) {
    String prefix = HooksealProperties.WEBHOOK + '.' + name;
    Matcher found = OPTION.matcher(detail);
    if (!found.find()) {
      return prefix + ": " + dashed(detail);
    }
    String group = found.group(2) == null ? "" : found.group(2) + '.';
    String option = group + found.group(1);
    String rest = dashed(detail.substring(found.end(1)));
    Optional<GivenProperty> given = GivenProperty.of(option, name, schema, environment);
    String meant =
        given
            .map(
                it ->
                    MEANT
                        .matcher(rest)
                        .replaceAll(word -> it.likewise(group + word.group().replace('-', '_'))))
            .orElse(rest);
    return prefix
        + ": "
        + detail.substring(0, found.start(1))
        + given.map(GivenProperty::option).orElse(option.replace('_', '-'))
        + meant
        + given.map(GivenProperty::suffix).orElseGet(() -> " (" + prefix + property(option) + ')');
  }

  /** Where an option belongs that nobody gave. */
  private String property(String option) {
    return webhook.values().containsKey(option)
        ? '.' + CommonProperties.names().get(option)
        : '.' + WebhookProperty.OPTIONS + '.' + option.replace('_', '-');
  }

  private String dashed(String text) {
    return WORD.matcher(text)
        .replaceAll(
            word ->
                schema.knowsAlsoWithin(word.group())
                    ? word.group().replace('_', '-')
                    : word.group());
  }
}
