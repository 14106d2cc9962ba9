package io.hookseal.spring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Takes each option whole from the first source that has it. Spring merges what is bound to a map,
 * lists by position: a secret that a file withdraws would go on to verify, because it stands second
 * in another.
 */
final class OptionSources implements BeanPostProcessor, PriorityOrdered {
  private final Environment environment;

  OptionSources(Environment environment) {
    this.environment = environment;
  }

  /** Right behind Spring's own binding, in front of whoever changes what is bound. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 2;
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, String beanName) {
    if (bean instanceof HooksealProperties properties) {
      List<PropertyLayer> layers = PropertyLayer.of(environment);
      List<Map<String, Object>> bound = layers.stream().map(this::webhooks).toList();
      properties
          .getWebhook()
          .forEach(
              (name, webhook) -> {
                OptionSchema schema = OptionSchema.of(webhook.getScheme());
                Map<String, Object> options = new LinkedHashMap<>();
                for (int i = 0; i < bound.size(); i++) {
                  Map<?, ?> given = below(below(bound.get(i), name), WebhookProperty.OPTIONS);
                  boolean isTorn = layers.get(i).isTorn();
                  webhook.getOptions().keySet().removeAll(given.keySet());
                  schema.addBehind(
                      options,
                      VerifierFactory.named(
                          name, webhook, environment, () -> schema.named(given, isTorn)));
                }
                webhook.getOptions().putAll(options);
              });
    }
    return bean;
  }

  /** Those of one source, by name. */
  private Map<String, Object> webhooks(PropertyLayer layer) {
    return new Binder(List.of(layer.source()), new PropertySourcesPlaceholdersResolver(environment))
        .bind(HooksealProperties.WEBHOOK, Bindable.mapOf(String.class, Object.class))
        .orElse(Map.of());
  }

  /** What stands below a name, in whatever spelling. */
  private static Map<?, ?> below(Map<?, ?> map, String name) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (OptionSchema.bare(entry.getKey().toString()).equals(OptionSchema.bare(name))) {
        return entry.getValue() instanceof Map<?, ?> found ? found : Map.of();
      }
    }
    return Map.of();
  }
}
