package dev.kindling.stage.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.train.AdamW;
import dev.kindling.engine.train.Policies;
import dev.kindling.engine.train.ShardGradient;
import dev.kindling.engine.train.Trainer;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Success;
import dev.kindling.row.BatchRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.stage.Objectives;
import dev.kindling.stage.StageRows;
import dev.kindling.stage.weigh.Batch;
import dev.kindling.stage.weigh.BatchSettings;
import dev.kindling.stage.weigh.Weigh;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients from scores to parameters where the gold answer has a likelihood of e^-200. */
class TinyLikelihoodsTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(11, 8, 2, 2, 1, 4, 12, 32, 10000, RopeScaling.NONE, 1e-5, true, false, true);

  /**
   * The gradient of GARL on three prompts with four samples each, their log w moved by a number.
   */
  private static float[] gradient(double q, double moved) {
    SparkSession spark = SparkTest.session();
    List<PromptRow> prompts = new ArrayList<>();
    List<RolloutRow> rollouts = new ArrayList<>();
    List<ScoreRow> scores = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      prompts.add(StageRows.prompt("e" + i, i, new int[] {i, 3}, new int[] {5, 10}));
      for (int m = 0; m < 4; m++) {
        int[] rationale = {(i + m) % 9, (2 * i + 5 * m) % 9};
        rollouts.add(StageRows.rollout("e" + i, m, rationale, new int[] {7, 10}, -2, -2, -2, -2));
        scores.add(StageRows.score("e" + i, m, "WRONG", moved - 0.5 * i - 0.25 * m * m));
      }
    }
    Objective garl = Objectives.garl(Success.LIKELIHOOD, q, true, true);
    List<BatchRow> rows =
        new ArrayList<>(
            Table.BATCHES.collect(
                Batch.batch(
                    Table.PROMPTS.of(spark, prompts),
                    Table.ROLLOUTS.of(spark, rollouts),
                    Weigh.weigh(Table.SCORES.of(spark, scores), garl, 1, 1),
                    garl,
                    new BatchSettings(1, 1, 24, 32))));
    rows.sort(Comparator.comparingInt(BatchRow::microBatch).thenComparingInt(BatchRow::row));
    try (Trainer trainer = new Trainer(Precision.FLOAT32, Long.MAX_VALUE);
        Weights weights = Weights.random(CONFIG, 4, 0.3);
        ShardGradient gradient =
            trainer.gradient(
                Policies.of(weights), ShardSequences.microBatches(rows, Map.of()), garl.loss())) {
      assertThat(gradient.statistics().notFinite()).isEmpty();
      float[] flat = new float[Math.toIntExact(gradient.size())];
      gradient.read(0, flat);
      return flat;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25, 0.5, 0.75, 1})
  void theGradientIsRightToSinglePrecisionOrBelowWhatSinglePrecisionHolds(double q) {
    float[] near = gradient(q, 0);
    float[] far = gradient(q, -200);
    // Every w is e^-200 times what it was, and the gradient is homogeneous of degree 1 - q in w.
    double factor = Math.exp(-200 * (1 - q));
    double largest = 0;
    for (float entry : near) {
      largest = Math.max(largest, Math.abs(entry) * factor);
    }
    // Several micro-batches add up, each of which may be rounded to a multiple of 2^-149.
    double allowed = Math.max(2e-5 * largest, 6 * Float.MIN_VALUE);
    double found = 0;
    for (int i = 0; i < near.length; i++) {
      assertThat((double) far[i]).isCloseTo(near[i] * factor, within(allowed));
      found = Math.max(found, Math.abs(far[i]));
    }
    // e^-200 and e^-150 are below the least number of single precision; e^-50 is far above.
    if (q >= 0.75) {
      assertThat(found).isCloseTo(largest, within(1e-4 * largest));
    } else if (q <= 0.25) {
      assertThat(found).isZero();
    }
  }

  @Test
  void whatSinglePrecisionDoesNotHoldMovesNoParameterUnderTheOptimizersEpsilon() {
    // The least number, 1.4e-45, over epsilon 1e-8, at a learning rate of 1: 1.4e-37.
    float[] parameter = {1e-30f};
    new AdamW(0.9, 0.999, 1e-8, 0)
        .update(parameter, new float[] {Float.MIN_VALUE}, new float[1], new float[1], 1, 1, 1);
    assertThat((double) parameter[0]).isCloseTo(1e-30, within(1e-36));
  }
}
