package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.io.RunFolder;
import dev.kindling.row.BatchRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How large the page of a long run is: 200 steps of 8 prompts of 2 thousand characters, with 4
 * rollouts each of 1000 + 20 tokens and four verdicts. Of the steps whose rollouts a page shows the
 * tables are written as a run writes them; those of the others nobody reads.
 */
class ReportSizeTest {
  private static final int STEPS = 200;
  private static final int RATIONALE = 1000;
  private static final int ANSWER = 20;
  private static final List<String> VERDICTS =
      List.of("CORRECT", "WRONG", "UNPARSEABLE", "TIMEOUT");

  private final SparkSession spark = SparkTest.session();

  private static float[] logProbs(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = -0.123456f - i;
    }
    return values;
  }

  private static float[] zeros(int count) {
    return new float[count];
  }

  // Ids of characters of the tokenizer.
  private static int[] ids(int count) {
    return IntStream.range(0, count).map(i -> 4 + i % 3).toArray();
  }

  private static PromptRow prompt(String id) {
    return new PromptRow(
        id,
        "jsonl",
        "train",
        0,
        "x".repeat(2000),
        ids(200),
        "",
        List.of("4"),
        ids(2),
        "exact",
        "{}",
        "");
  }

  private static RolloutRow rollout(String id, int sample) {
    return new RolloutRow(
        id,
        sample,
        "x".repeat(2000),
        "z".repeat(RATIONALE),
        "z".repeat(ANSWER),
        ids(RATIONALE),
        ids(ANSWER),
        logProbs(RATIONALE),
        logProbs(ANSWER),
        zeros(RATIONALE),
        zeros(ANSWER),
        logProbs(2),
        -1.5,
        "stop",
        false,
        1,
        1,
        0.1);
  }

  private static ScoreRow score(String id, int sample) {
    return new ScoreRow(
        id,
        sample,
        "x".repeat(2000),
        "z".repeat(RATIONALE),
        "z".repeat(ANSWER),
        "4",
        VERDICTS.get(sample),
        0.0,
        -1.5,
        1020,
        "not the answer",
        0.5);
  }

  private static BatchRow batch(String id, int sample) {
    int length = 200 + RATIONALE + ANSWER;
    double[] coefs = new double[length];
    Arrays.setAll(coefs, i -> i < 200 ? 0 : 1 / (i + 3.0));
    return new BatchRow(
        id, sample, 0, 0, 0, 0, ids(length), 200, coefs, 1, zeros(length), -1, length);
  }

  private <T extends Record> void write(RunFolder run, long step, Table<T> table, List<T> rows)
      throws Exception {
    RunReaderTest.write(run, step, table, table.of(spark, rows));
  }

  private void writeStep(RunFolder run, long step) throws Exception {
    List<PromptRow> prompts = new ArrayList<>();
    List<RolloutRow> rollouts = new ArrayList<>();
    List<ScoreRow> scores = new ArrayList<>();
    List<BatchRow> batches = new ArrayList<>();
    for (int example = 0; example < 8; example++) {
      String id = "example-" + step + "-" + example;
      prompts.add(prompt(id));
      for (int sample = 0; sample < 4; sample++) {
        rollouts.add(rollout(id, sample));
        scores.add(score(id, sample));
        batches.add(batch(id, sample));
      }
    }
    write(run, step, Table.PROMPTS, prompts);
    write(run, step, Table.ROLLOUTS, rollouts);
    write(run, step, Table.SCORES, scores);
    write(run, step, Table.BATCHES, batches);
  }

  @Test
  void thePageOfALongRunIsBelowThreeMegabytes(@TempDir Path folder) throws Exception {
    RunFolder run = RunReaderTest.create(folder.resolve("long"));
    run.write(run.tokenizer(), ByteTokenizer.of("z45"));
    for (long step : RolloutReader.steps(STEPS)) {
      writeStep(run, step);
    }
    Arm arm;
    try (RunReader reader = new RunReader(spark, run, "garl")) {
      List<MetricsRow> rows =
          LongStream.rangeClosed(1, STEPS)
              .mapToObj(i -> Runs.step(i, -1.23456, 0.512345, 1))
              .toList();
      rows.forEach(reader::committed);
      arm = reader.arm();
    }
    // 14 steps, three rollouts of each of four verdicts.
    assertThat(arm.rollouts()).hasSize(14 * 12);
    for (List<Arm> arms : List.of(List.of(arm), List.of(arm, arm, arm))) {
      String page = ReportPage.render(Runs.report(arms.toArray(Arm[]::new)));
      assertThat(page.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1_000_000, 2_999_999);
    }
  }
}
