package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.Optional;

/**
 * Who judges answers.
 *
 * @param name verifier for every example; empty takes the one that the data set names
 */
public record VerifierConf(Optional<String> name) {
  /** Refuses an empty name. */
  public VerifierConf {
    new Check()
        .that(
            name.isEmpty() || !name.get().isBlank(),
            "verifier.name",
            name.orElse(null),
            "must not be empty")
        .done();
  }
}
