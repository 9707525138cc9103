package dev.kindling.stage.weigh;

import dev.kindling.check.Check;

/**
 * How a step's training sequences are divided. None of it is a property of the cluster, so that any
 * cluster computes the same gradient.
 *
 * @param updates gradient updates of a step; its examples are dealt to them evenly
 * @param shards gradient shards of an update
 * @param microBatchTokens most computed tokens of a micro-batch, a prompt that several of its
 *     sequences share counting once; a single longer sequence is a micro-batch of its own
 * @param maxPositions longest sequence that the policy can read, in tokens
 */
public record BatchSettings(int updates, int shards, int microBatchTokens, int maxPositions) {
  /** Refuses counts below 1. */
  public BatchSettings {
    new Check()
        .that(updates >= 1, "trainer.updates_per_step", updates, "must be >= 1")
        .that(shards >= 1, "trainer.shards", shards, "must be >= 1")
        .that(microBatchTokens >= 1, "trainer.micro_batch_tokens", microBatchTokens, "must be >= 1")
        .that(maxPositions >= 2, "model.max_positions", maxPositions, "must be >= 2")
        .done();
  }
}
