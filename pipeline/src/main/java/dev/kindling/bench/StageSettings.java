package dev.kindling.bench;

import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.objective.Objective;
import dev.kindling.stage.BatchSettings;
import dev.kindling.stage.GradientStep;

/**
 * What the stages of a step take of a configuration.
 *
 * @param sampler how answers are sampled; none may end before its budget is spent
 * @param promptsPerTask prompts of one rollout task
 * @param objective makes the coefficients
 * @param batch how sequences are divided
 * @param gradientStep the update
 */
public record StageSettings(
    SamplerSettings sampler,
    int promptsPerTask,
    Objective objective,
    BatchSettings batch,
    GradientStep gradientStep) {
  /** Gives the settings of a workload. */
  public interface Source {
    /**
     * The settings of a run whose stages divide into so many tasks of this workload.
     *
     * @param shards gradient shards
     */
    StageSettings of(Workload workload, int shards);
  }
}
