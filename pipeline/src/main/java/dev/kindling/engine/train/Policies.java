package dev.kindling.engine.train;

import dev.kindling.check.Check;
import dev.kindling.engine.model.Weights;
import dev.kindling.objective.SequenceLoss;
import java.util.Optional;

/**
 * The policy being trained and those of the same shape that a loss may need besides.
 *
 * @param trained the policy being trained
 * @param reference the policy that a KL term refers to
 * @param sampler the policy that sampled, as its own parameters were
 */
public record Policies(Weights trained, Optional<Weights> reference, Optional<Weights> sampler) {
  /** A policy alone. */
  public static Policies of(Weights trained) {
    return new Policies(trained, Optional.empty(), Optional.empty());
  }

  /** Refuses that one which the loss needs is not there or has another shape. */
  void check(SequenceLoss loss) {
    new Check()
        .that(
            !loss.needsReference() || fits(reference),
            "reference policy",
            describe(reference),
            "must have the policy's shape, because the loss needs it")
        .that(
            !loss.needsSampler() || fits(sampler),
            "policy that sampled",
            describe(sampler),
            "must have the policy's shape, because the loss needs it")
        .done();
  }

  private boolean fits(Optional<Weights> other) {
    return other.isPresent() && other.get().config().equals(trained.config());
  }

  private static Object describe(Optional<Weights> weights) {
    return weights.<Object>map(Weights::config).orElse("none");
  }
}
