package io.hookseal.spring;

import io.hookseal.ConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells in a few lines why an application does not start, in place of a stack trace. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationException> {
  @Override
  protected FailureAnalysis analyze(Throwable failure, ConfigurationException cause) {
    return new FailureAnalysis(
        "hookseal cannot verify webhooks as configured:\n\n    " + cause.detail(),
        "Correct the property, bean or annotation that is named above. The builders in"
            + " io.hookseal.providers document the options of every scheme.",
        cause);
  }
}
