package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.Optional;

/**
 * Who judges answers.
 *
 * @param name verifier for every example; empty takes the one that the data set names
 * @param maxFaultShare largest share of a step's verdicts that may be faults of the verifier
 */
public record VerifierConf(Optional<String> name, double maxFaultShare) {
  /** Refuses an empty name, and a share that is none. */
  public VerifierConf {
    new Check()
        .that(
            name.isEmpty() || !name.get().isBlank(),
            "verifier.name",
            name.orElse(null),
            "must not be empty")
        .that(
            maxFaultShare >= 0 && maxFaultShare <= 1,
            "verifier.max_fault_share",
            maxFaultShare,
            "must be in [0, 1]")
        .done();
  }
}
