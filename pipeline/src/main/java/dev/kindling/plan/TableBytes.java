package dev.kindling.plan;

/**
 * Bytes of a step's tables in Parquet. Log-probs are 4 bytes each and do not compress, what repeats
 * along a sequence nearly vanishes, and the tokens of a vocabulary take two; the rest of a row is
 * its names and numbers.
 *
 * @param work the step
 */
public record TableBytes(StepWork work) {
  private static final double TOKEN = 2;
  private static final double LOGPROB = 4;
  private static final double ROW = 100;
  // A text has about four bytes a token, and compresses to a third.
  private static final double TEXT = 4.0 / 3;

  /** 1-prompts. */
  public double prompts() {
    return work.conf().sampler().promptsPerStep()
        * (ROW + work.sample().promptTokens() * (TOKEN + TEXT));
  }

  /** 2-rollouts: tokens, their log-probs and sampling log-probs, and those of y*. */
  public double rollouts() {
    return work.rollouts()
        * (ROW + work.completion() * (TOKEN + 2 * LOGPROB) + work.sample().goldTokens() * LOGPROB);
  }

  /** 3-scores: of the tokens their text. */
  public double scores() {
    return work.rollouts() * (ROW + work.completion() * TEXT);
  }

  /** 4-weights: three numbers for each sample. */
  public double weights() {
    return work.conf().sampler().promptsPerStep() * ROW + work.rollouts() * 3 * 8;
  }

  /** 5-batches: tokens of prompt and completion, log-probs of the completion. */
  public double batches() {
    return work.rollouts()
        * (ROW
            + (work.sample().promptTokens() + work.completion()) * TOKEN
            + work.completion() * LOGPROB);
  }

  /** All of them. */
  public double all() {
    return prompts() + rollouts() + scores() + weights() + batches();
  }
}
