package dev.kindling.objective;

import dev.kindling.check.Check;
import java.io.Serializable;

/**
 * Dynamic sampling (DAPO, arXiv:2503.14476, section 3.2): a batch is made of prompts whose rewards
 * differ. Those whose rewards are all equal, which teach nothing, leave the batch, its counts
 * included, and in further rounds of the same step other prompts are sampled in their place.
 *
 * @param maxRounds most rounds of a step, the first included, from 1 to 100; 1 replaces nothing.
 *     The paper has no bound, its program 10
 * @param prompts prompts that the batch shall have, at least 1; it has fewer when the rounds end
 *     before
 */
public record DynamicSampling(int maxRounds, int prompts) implements Serializable {
  /** Of an example of 4-weights, whether its rewards differ. */
  public static final String INFORMATIVE = "rollouts > 0 AND NOT rewards_are_equal";

  /** Refuses values that are out of range. */
  public DynamicSampling {
    new Check()
        .that(
            maxRounds >= 1 && maxRounds <= 100,
            "objective.dynamic_sampling.max_rounds",
            maxRounds,
            "must be 0 (off), or from 1 to 100")
        .that(prompts >= 1, "sampler.prompts_per_step", prompts, "must be >= 1")
        .done();
  }
}
