package dev.kindling.conf;

import dev.kindling.check.Check;

/**
 * Supervised training of a new policy on the data set's own text; the optimiser is the trainer's.
 *
 * @param sequencesPerUpdate training sequences in one gradient update
 * @param updatesPerStep gradient updates between two checkpoints
 * @param steps how many checkpoints are made
 */
public record PretrainConf(int sequencesPerUpdate, int updatesPerStep, long steps) {
  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public PretrainConf {
    new Check()
        .that(
            sequencesPerUpdate >= 1,
            "pretrain.sequences_per_update",
            sequencesPerUpdate,
            "must be >= 1")
        .that(updatesPerStep >= 1, "pretrain.updates_per_step", updatesPerStep, "must be >= 1")
        .that(steps >= 1 && steps <= 1_000_000, "pretrain.steps", steps, "must be in [1, 1000000]")
        .done();
  }
}
