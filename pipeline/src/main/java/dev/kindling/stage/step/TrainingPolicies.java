package dev.kindling.stage.step;

import dev.kindling.engine.model.Weights;
import dev.kindling.engine.train.Policies;
import dev.kindling.engine.train.Trainer;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.SharedCache;
import java.io.Serializable;
import java.util.Optional;

/**
 * The policies that a gradient update needs, for any executor to load.
 *
 * @param trained the policy to update
 * @param reference the policy that a KL term refers to; null without one
 * @param sampler the policy that sampled the step's rollouts
 */
public record TrainingPolicies(PolicyRef trained, PolicyRef reference, PolicyRef sampler)
    implements Serializable {
  /** The policy that sampled is trained, and nothing refers to another. */
  public static TrainingPolicies of(PolicyRef policy) {
    return new TrainingPolicies(policy, null, policy);
  }

  /** What is done with a trainer and loaded policies. */
  @FunctionalInterface
  interface Work<T> {
    T run(Trainer trainer, Policies policies);
  }

  /**
   * Loads what is needed, or shares it with other tasks of the executor.
   *
   * @param needsSampler whether the policy that sampled is among it
   * @param keptBytes most bytes of a micro-batch's activations that are kept
   */
  <T> T with(boolean needsSampler, long keptBytes, Work<T> work) {
    try (SharedCache.Lease<Trainer> trainer =
            SharedCache.lease(
                SharedCache.Kind.TRAINER,
                "trainer " + trained.precision() + " " + keptBytes,
                Trainer.class,
                () -> new Trainer(trained.precision(), keptBytes));
        SharedCache.Lease<Weights> weights = trained.weights();
        SharedCache.Lease<Weights> anchor = reference == null ? null : reference.reference();
        SharedCache.Lease<Weights> source = needsSampler ? sampler.weights() : null) {
      Policies policies =
          new Policies(
              weights.value(),
              Optional.ofNullable(anchor).map(SharedCache.Lease::value),
              Optional.ofNullable(source).map(SharedCache.Lease::value));
      return work.run(trainer.value(), policies);
    }
  }
}
