package dev.kindling.stage;

import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.WeightRow;
import java.util.Arrays;
import java.util.List;

/** Rows for the tests of stages, with the columns that those stages read. */
public final class StageRows {
  private StageRows() {}

  public static PromptRow prompt(String exampleId, long position, int[] promptIds, int... goldIds) {
    return new PromptRow(
        exampleId, "test", "dev", position, "", promptIds, "", List.of("y"), goldIds, "", "{}", "");
  }

  /** A rollout whose gold answer has the log-probs of the sampled one. */
  public static RolloutRow rollout(
      String exampleId, int sample, int[] rationaleIds, int[] answerIds, float... logprobs) {
    float[] ofRationale = Arrays.copyOf(logprobs, rationaleIds.length);
    float[] ofAnswer = Arrays.copyOfRange(logprobs, rationaleIds.length, logprobs.length);
    return new RolloutRow(
        exampleId,
        sample,
        "",
        "",
        "",
        rationaleIds,
        answerIds,
        ofRationale,
        ofAnswer,
        ofRationale,
        ofAnswer,
        ofAnswer,
        0,
        "stop",
        false,
        0,
        0,
        0);
  }

  /** The rollout with its last rationale token forced. */
  public static RolloutRow forced(RolloutRow row) {
    return new RolloutRow(
        row.exampleId(),
        row.sample(),
        "",
        "",
        "",
        row.rationaleIds(),
        row.answerIds(),
        row.rationaleLogprobs(),
        row.answerLogprobs(),
        row.rationaleSamplingLogprobs(),
        row.answerSamplingLogprobs(),
        row.goldLogprobs(),
        row.logW(),
        row.finishReason(),
        true,
        row.seed(),
        row.policyVersion(),
        row.seconds());
  }

  /** The weights of an example of one sample, with another coefficient. */
  public static WeightRow withCoefs(WeightRow row, double... coefs) {
    return new WeightRow(
        row.exampleId(),
        row.rollouts(),
        row.correct(),
        row.wrong(),
        row.unparseable(),
        row.timeout(),
        row.error(),
        row.success(),
        row.pHat(),
        row.logPHat(),
        row.pVerified(),
        row.logPVerified(),
        row.q(),
        row.amplification(),
        row.effectiveSampleSize(),
        row.rewardsAreEqual(),
        row.carriedLogP(),
        row.carriedCount(),
        row.carriedSquareCount(),
        row.carriedSampleSize(),
        row.samples(),
        row.logW(),
        row.resampled(),
        coefs,
        coefs,
        row.answerSource());
  }

  public static ScoreRow score(String exampleId, int sample, String verdict, double logW) {
    Double reward =
        switch (verdict) {
          case "CORRECT" -> 1.0;
          case "TIMEOUT", "ERROR" -> null;
          default -> 0.0;
        };
    return new ScoreRow(exampleId, sample, "", "", "", null, verdict, reward, logW, 8, null, 0);
  }
}
