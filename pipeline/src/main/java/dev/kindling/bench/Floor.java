package dev.kindling.bench;

import dev.kindling.engine.model.Precision;
import dev.kindling.plan.Passes;
import dev.kindling.plan.Speed;
import java.io.Serializable;

/**
 * What one core of the machine can do at best, and the least time that a task needs for it, as
 * {@link Passes} counts it.
 *
 * @param bytesPerSecond read from memory by one core while all others read too
 * @param float32Flops multiplications and additions a second of a product of float32 matrices
 * @param bfloat16Flops the same of bfloat16 matrices
 */
public record Floor(double bytesPerSecond, double float32Flops, double bfloat16Flops)
    implements Serializable {
  /** A gradient costs two products for each of the forward pass. */
  private static final double TRAINING_PASSES = 3;

  /** Least seconds of a rollout task: prompts, then a pass for each token and one for y*. */
  double rollout(Workload work) {
    Passes passes = passes(work);
    return passes.prefill(work.prompts(), work.promptTokens())
        + passes.decode(work.prompts(), work.samples(), work.promptTokens(), work.answerTokens());
  }

  /** Least seconds of a training task. */
  double training(Workload work) {
    return TRAINING_PASSES
        * passes(work)
            .forward(work.prompts(), work.samples(), work.promptTokens(), work.answerTokens());
  }

  /** Passes of a workload at this floor. */
  Passes passes(Workload work) {
    double peak = work.precision() == Precision.BFLOAT16 ? bfloat16Flops : float32Flops;
    return new Passes(
        work.model().config(), new Speed(work.bytesPerNumber(), bytesPerSecond, peak));
  }
}
