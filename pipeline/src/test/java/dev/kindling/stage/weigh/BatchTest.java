package dev.kindling.stage.weigh;

import static dev.kindling.stage.StageRows.forced;
import static dev.kindling.stage.StageRows.prompt;
import static dev.kindling.stage.StageRows.rollout;
import static dev.kindling.stage.StageRows.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.SparkTest;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Sft;
import dev.kindling.objective.Success;
import dev.kindling.row.BatchRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.stage.Objectives;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** The training sequences of a step, worked out by hand. */
class BatchTest {
  private static final BatchSettings WHOLE = new BatchSettings(1, 1, 1000, 100);

  private final SparkSession spark = SparkTest.session();
  private final List<PromptRow> prompts = new ArrayList<>();
  private final List<RolloutRow> rollouts = new ArrayList<>();
  private final List<ScoreRow> scores = new ArrayList<>();

  private Dataset<Row> weights(Objective objective) {
    return Weigh.weigh(Table.SCORES.of(spark, scores), objective, 1, 1);
  }

  private List<BatchRow> batch(Objective objective, BatchSettings settings) {
    Dataset<Row> rows =
        Batch.batch(
            Table.PROMPTS.of(spark, prompts),
            Table.ROLLOUTS.of(spark, rollouts),
            weights(objective),
            objective,
            settings);
    return Table.BATCHES.collect(rows);
  }

  /** A prompt of one token and its samples, right where the verdict is, of the given lengths. */
  private void example(String id, long position, String verdicts, int... lengths) {
    prompts.add(prompt(id, position, new int[] {1}, 2));
    for (int m = 0; m < lengths.length; m++) {
      int[] rationale = IntStream.range(0, lengths[m] - 2).map(t -> 3).toArray();
      rollouts.add(rollout(id, m, rationale, new int[] {2}, new float[lengths[m] - 1]));
      scores.add(score(id, m, verdicts.charAt(m) == '1' ? "CORRECT" : "WRONG", 0));
    }
  }

  @Test
  void aTokenHasItsSamplesCoefficientDividedByGroupAndBatch() {
    prompts.add(prompt("a", 0, new int[] {10, 11}, 20));
    prompts.add(prompt("b", 1, new int[] {12}, 21));
    rollouts.add(rollout("a", 0, new int[] {30}, new int[] {40, 41}, -1, -2, -3));
    rollouts.add(forced(rollout("a", 1, new int[] {31, 39}, new int[] {42}, -4, -5, -6)));
    rollouts.add(rollout("b", 0, new int[] {32}, new int[] {43}, -7, -8));
    scores.add(score("a", 0, "CORRECT", 0));
    scores.add(score("a", 1, "WRONG", 0));
    scores.add(score("b", 0, "WRONG", 0));
    List<BatchRow> rows = batch(Objectives.garl(Success.VERIFIED, 0, true, false), WHOLE);
    // c = ±1 over M = 2 and two examples; b's single sample is wrong and has no coefficient.
    assertThat(rows).hasSize(2);
    BatchRow right = rows.get(0);
    assertThat(right.tokenIds()).containsExactly(10, 11, 30, 40, 41);
    assertThat(right.coefs()).containsExactly(0, 0, 0.25f, 0.25f, 0.25f);
    assertThat(right.samplerLogprobs()).containsExactly(0, 0, -1, -2, -3);
    assertThat(right.promptLength()).isEqualTo(2);
    assertThat(right.tokenScale()).isEqualTo(0.25);
    BatchRow wrong = rows.get(1);
    assertThat(wrong.tokenIds()).containsExactly(10, 11, 31, 39, 42);
    assertThat(wrong.coefs()).containsExactly(0, 0, -0.25f, 0, -0.25f);
  }

  @Test
  void theLikelihoodTrainsOnTheGoldAnswer() {
    prompts.add(prompt("a", 0, new int[] {10}, 20));
    rollouts.add(rollout("a", 0, new int[] {30}, new int[] {40}, -1, -2));
    scores.add(score("a", 0, "WRONG", Math.log(0.5)));
    BatchRow row = batch(Objectives.garl(Success.LIKELIHOOD, 1, true, true), WHOLE).get(0);
    assertThat(row.tokenIds()).containsExactly(10, 30, 20);
    assertThat(row.coefs()).containsExactly(0, 1, 1);
    BatchRow zeroed = batch(Objectives.garl(Success.LIKELIHOOD, 1, false, true), WHOLE).get(0);
    assertThat(zeroed.coefs()).containsExactly(0, 1, 0);
  }

  @Test
  void sequencesOfZeroCoefficientAreLeftOutButCountInTheDenominators() {
    example("a", 0, "10", 3, 4);
    example("b", 1, "11", 5, 6);
    Objective rloo = Objectives.with(new Rloo(), Aggregation.TOKEN_MEAN);
    List<BatchRow> rows = batch(rloo, WHOLE);
    // Trained tokens: 2 + 3 + 4 + 5.
    assertThat(rows).extracting(BatchRow::exampleId).containsOnly("a").hasSize(2);
    assertThat(rows).extracting(BatchRow::tokenScale).containsOnly(1 / 14.0);
    assertThat(rows.get(1).coefs()).containsExactly(0, 1 / 14.0, 1 / 14.0);
  }

  @Test
  void aTermOfKlKeepsSequencesOfZeroCoefficient() {
    example("b", 0, "11", 3, 3);
    assertThat(batch(Objectives.grpo(0, Aggregation.SEQ_MEAN_TOKEN_MEAN), WHOLE)).isEmpty();
    List<BatchRow> kept = batch(Objectives.grpo(0.04, Aggregation.SEQ_MEAN_TOKEN_MEAN), WHOLE);
    assertThat(kept).extracting(BatchRow::tokenScale).containsExactly(0.25, 0.25);
    assertThat(kept.get(0).coefs()).containsExactly(0, 0, 0);
  }

  @Test
  void aMicroBatchHoldsThePromptOnceAndCompletionsUpToTheBudget() {
    // The prompt is one token. 1 + 9 + 8 = 18, and 7 more would exceed 20; 1 + 7 + 2 + 2 + 2 = 14.
    example("a", 0, "111111", 3, 10, 8, 9, 3, 3);
    // Longer than the budget: alone. The third example's 1 + 5 fits beside the second pack of a.
    example("b", 1, "1", 30);
    example("c", 2, "1", 6);
    List<BatchRow> rows = batch(Objective.of(new Sft()), new BatchSettings(1, 1, 20, 100));
    assertThat(rows)
        .extracting(
            r -> r.microBatch() + ":" + r.row() + " " + r.exampleId() + " " + r.tokenIds().length)
        .containsExactly(
            "0:0 b 30",
            "1:0 a 10",
            "1:1 a 9",
            "2:0 a 8",
            "2:1 a 3",
            "2:2 a 3",
            "2:3 a 3",
            "2:4 c 6");
  }

  @Test
  void packsAreDealtToShardsInSerpentineOrderOfTheirComputedTokens() {
    example("a", 0, "11", 9, 8);
    example("b", 1, "1", 20);
    example("c", 2, "1", 6);
    example("d", 3, "1", 5);
    example("e", 4, "1", 4);
    List<BatchRow> rows = batch(Objective.of(new Sft()), new BatchSettings(1, 2, 1000, 100));
    // Computed tokens: b 20, a 1 + 8 + 7, c 6, d 5, e 4.
    assertThat(rows)
        .extracting(r -> r.shard() + ":" + r.row() + " " + r.exampleId() + "/" + r.sample())
        .containsExactlyInAnyOrder(
            "0:0 b/0", "1:0 a/0", "1:1 a/1", "1:2 c/0", "0:1 d/0", "0:2 e/0");
  }

  @Test
  void updatesShareTheExamplesInPromptOrderAndHaveTheirOwnDenominators() {
    example("a", 2, "1", 3);
    example("b", 0, "1", 4);
    example("c", 1, "1", 5);
    Objective sft = Objective.of(new Sft());
    assertThat(batch(sft, new BatchSettings(2, 1, 1000, 100)))
        .extracting(r -> r.update() + " " + r.exampleId() + " " + r.tokenScale())
        .containsExactlyInAnyOrder("0 c " + 1 / 7.0, "0 b " + 1 / 7.0, "1 a 0.5");
  }

  @Test
  void coefficientsDoNotDependOnTheDivision() {
    for (int i = 0; i < 12; i++) {
      example("e" + i, i, "0110", 3 + i % 5, 4 + i % 3, 5, 4);
    }
    Objective grpo = Objectives.grpo(0, Aggregation.TOKEN_MEAN);
    Set<String> whole = described(batch(grpo, WHOLE));
    assertThat(whole).hasSizeGreaterThan(30);
    for (BatchSettings settings :
        List.of(new BatchSettings(1, 3, 17, 100), new BatchSettings(1, 7, 1, 100))) {
      List<BatchRow> rows = batch(grpo, settings);
      assertThat(described(rows)).isEqualTo(whole);
      assertThat(rows)
          .allMatch(r -> r.shard() < settings.shards())
          .extracting(r -> r.shard() + "/" + r.microBatch() + "/" + r.row())
          .doesNotHaveDuplicates();
    }
  }

  private static Set<String> described(List<BatchRow> rows) {
    Set<String> result = new HashSet<>();
    for (BatchRow row : rows) {
      result.add(row.exampleId() + "/" + row.sample() + " " + Arrays.toString(row.coefs()));
    }
    return result;
  }

  @Test
  void aSequenceThatCannotBeTrainedOnIsRefusedByName() {
    Objective sft = Objective.of(new Sft());
    example("a", 0, "1", 9);
    assertThatThrownBy(() -> batch(sft, new BatchSettings(1, 1, 100, 8)))
        .hasStackTraceContaining(
            "Sequence of example a sample 0 has 9 tokens (model.max_positions is 8)");
    rollouts.set(0, rollout("a", 0, new int[] {3}, new int[] {2}, -1));
    assertThatThrownBy(() -> batch(sft, WHOLE))
        .hasStackTraceContaining(
            "Invalid rollout of example a sample 0: 1 log-probs (must be 2, one for each token)");
    rollouts.clear();
    assertThatThrownBy(() -> batch(sft, WHOLE))
        .hasStackTraceContaining("Example a sample 0 has weights but no rollout");
    rollouts.add(rollout("a", 0, new int[] {3}, new int[] {2}, -1, -1));
    prompts.clear();
    assertThatThrownBy(() -> batch(sft, WHOLE))
        .hasStackTraceContaining("Example a has weights but no prompt");
  }

  @Test
  void settingsBelowOneAreRefused() {
    assertThatThrownBy(() -> new BatchSettings(0, 1, 0, 100))
        .hasMessage(
            """
            Invalid trainer.updates_per_step: 0 (must be >= 1)
            Invalid trainer.micro_batch_tokens: 0 (must be >= 1)""");
  }

  @Test
  void inOneTaskOrInManyTheBatchIsTheSame() {
    for (int i = 0; i < 12; i++) {
      example("e%02d".formatted(i), i, "0110", 3 + i % 4, 9 - i % 5, 4, 12);
    }
    Objective objective = Objectives.garl(Success.VERIFIED, 0, true, false);
    BatchSettings settings = new BatchSettings(2, 3, 40, 100);
    Dataset<Row> inMany =
        Batch.batch(
            unknown(Table.PROMPTS, prompts),
            unknown(Table.ROLLOUTS, rollouts),
            Weigh.weigh(unknown(Table.SCORES, scores), objective, 1, 1),
            objective,
            settings);
    assertThat(inMany.javaRDD().getNumPartitions()).isEqualTo(6);
    List<BatchRow> many = sorted(Table.BATCHES.collect(inMany));
    assertThat(many).hasSize(48);
    assertThat(sorted(batch(objective, settings)))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(many);
  }

  /** Rows of which Spark does not know how many they are, and so takes them for many. */
  private <T extends Record> Dataset<Row> unknown(Table<T> table, List<T> rows) {
    return spark.createDataFrame(table.of(spark, rows).javaRDD(), table.codec().schema());
  }

  private static List<BatchRow> sorted(List<BatchRow> rows) {
    return rows.stream()
        .sorted(Comparator.comparing(BatchRow::exampleId).thenComparing(BatchRow::sample))
        .toList();
  }
}
