package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.engine.train.LearningRate;

/**
 * How a gradient step is made.
 *
 * @param updatesPerStep gradient updates on the rollouts of one step
 * @param shards parts of the batch whose gradients are computed apart and added in order
 * @param slices parts of the parameter vector that are updated and stored apart
 * @param microBatchTokens tokens that go through the policy at once
 * @param keptActivationsMib most MiB of a micro-batch's activations that are not computed twice
 * @param optimizer what makes new parameters of a gradient
 * @param learningRate peak learning rate
 * @param schedule how the learning rate falls
 * @param warmupUpdates updates over which it rises from 0
 * @param totalUpdates updates until it is at its lowest; 0 takes the whole run
 * @param finalShare its lowest value as a share of the peak, in [0, 1]
 * @param beta1 decay of AdamW's first moment, in [0, 1)
 * @param beta2 decay of AdamW's second moment, in [0, 1)
 * @param epsilon AdamW's epsilon
 * @param weightDecay decoupled weight decay
 * @param clipNorm largest L2 norm of the gradient; 0 is off
 * @param maxLogprobGap largest |trainer - sampler log-prob| of a token that is trusted with
 *     float32, in nats
 * @param maxLogprobGapBfloat16 the same with bfloat16
 * @param maxMismatchK3 largest mean k3 between sampler and trainer that is trusted with float32
 * @param maxMismatchK3Bfloat16 the same with bfloat16
 */
public record TrainerConf(
    int updatesPerStep,
    int shards,
    int slices,
    int microBatchTokens,
    int keptActivationsMib,
    OptimizerName optimizer,
    double learningRate,
    LearningRate.Shape schedule,
    long warmupUpdates,
    long totalUpdates,
    double finalShare,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clipNorm,
    double maxLogprobGap,
    double maxLogprobGapBfloat16,
    double maxMismatchK3,
    double maxMismatchK3Bfloat16) {
  /** The optimizers. */
  public enum OptimizerName {
    /** Adam with decoupled weight decay. */
    ADAMW,
    /** Plain gradient descent, without moments. */
    SGD
  }

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public TrainerConf {
    new Check()
        .that(updatesPerStep >= 1, "trainer.updates_per_step", updatesPerStep, "must be >= 1")
        .that(shards >= 1, "trainer.shards", shards, "must be >= 1")
        .that(slices >= 1 && slices <= 99_999, "trainer.slices", slices, "must be in [1, 99999]")
        .that(microBatchTokens >= 1, "trainer.micro_batch_tokens", microBatchTokens, "must be >= 1")
        .that(
            keptActivationsMib >= 0,
            "trainer.kept_activations_mib",
            keptActivationsMib,
            "must be >= 0")
        .that(
            learningRate > 0 && learningRate <= 1,
            "trainer.learning_rate",
            learningRate,
            "must be in (0, 1]")
        .that(warmupUpdates >= 0, "trainer.warmup_updates", warmupUpdates, "must be >= 0")
        .that(
            totalUpdates == 0 || totalUpdates >= warmupUpdates,
            "trainer.total_updates",
            totalUpdates,
            "must be 0 or >= trainer.warmup_updates = " + warmupUpdates)
        .that(
            finalShare >= 0 && finalShare <= 1,
            "trainer.final_share",
            finalShare,
            "must be in [0, 1]")
        .that(beta1 >= 0 && beta1 < 1, "trainer.beta1", beta1, "must be in [0, 1)")
        .that(beta2 >= 0 && beta2 < 1, "trainer.beta2", beta2, "must be in [0, 1)")
        .that(epsilon > 0, "trainer.epsilon", epsilon, "must be > 0")
        .that(weightDecay >= 0, "trainer.weight_decay", weightDecay, "must be >= 0")
        .that(clipNorm >= 0, "trainer.clip_norm", clipNorm, "must be >= 0")
        .that(maxLogprobGap > 0, "trainer.max_logprob_gap", maxLogprobGap, "must be > 0")
        .that(
            maxLogprobGapBfloat16 > 0,
            "trainer.max_logprob_gap_bfloat16",
            maxLogprobGapBfloat16,
            "must be > 0")
        .that(maxMismatchK3 > 0, "trainer.max_mismatch_k3", maxMismatchK3, "must be > 0")
        .that(
            maxMismatchK3Bfloat16 > 0,
            "trainer.max_mismatch_k3_bfloat16",
            maxMismatchK3Bfloat16,
            "must be > 0")
        .done();
  }
}
