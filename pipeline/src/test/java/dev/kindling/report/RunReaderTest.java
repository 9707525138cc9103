package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kindling.SparkTest;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.io.Commit;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.row.BatchRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables on disk become the records of a report. */
class RunReaderTest {
  private static final List<String> IDS = List.of("a", "b", "c");

  // Of the tokenizer of the characters z, 4 and 5.
  private static final int FOUR = 4;
  private static final int Z = 6;

  private final SparkSession spark = SparkTest.session();

  private static PromptRow prompt(String id) {
    return new PromptRow(
        id,
        "jsonl",
        "train",
        0,
        "ask " + id,
        new int[] {1},
        "",
        List.of("4", "four"),
        new int[] {FOUR, 1},
        "exact",
        "{}",
        "");
  }

  private static RolloutRow rollout(String id, int sample) {
    float[] none = {};
    return new RolloutRow(
        id,
        sample,
        "",
        "z" + (4 + sample),
        "",
        new int[] {Z, FOUR + sample},
        new int[] {FOUR + sample},
        new float[] {-0.5f, -1},
        new float[] {-2},
        none,
        none,
        new float[] {-3, -4},
        -sample,
        "stop",
        false,
        1,
        1,
        0.1);
  }

  private static ScoreRow score(String id, int sample) {
    boolean correct = sample == 0;
    return new ScoreRow(
        id,
        sample,
        "",
        "",
        correct ? "4" : "5",
        "4",
        correct ? "CORRECT" : "WRONG",
        correct ? 1.0 : 0.0,
        -sample,
        8,
        correct ? null : "5 is not 4",
        0.5);
  }

  private Dataset<Row> prompts() {
    return Table.PROMPTS.of(spark, IDS.stream().map(RunReaderTest::prompt).toList());
  }

  private <T extends Record> Dataset<Row> samplesOf(
      Table<T> table, BiFunction<String, Integer, T> row) {
    return table.of(
        spark, IDS.stream().flatMap(id -> Stream.of(row.apply(id, 0), row.apply(id, 1))).toList());
  }

  /** A sequence of one token of the prompt, two of the rationale, and the gold answer's two. */
  private static BatchRow batch(String id, int sample) {
    return new BatchRow(
        id,
        sample,
        0,
        0,
        0,
        0,
        new int[] {1, Z, FOUR + sample, FOUR, 1},
        1,
        new double[] {0, 0.25, 0.5, -1, -2},
        1,
        new float[5],
        -1,
        3);
  }

  static RunFolder create(Path root) throws IOException {
    return RunFolder.create(
        new Configuration(), new org.apache.hadoop.fs.Path(root.toUri()), "seed: 17\n");
  }

  static void write(RunFolder run, long step, Table<?> table, Dataset<Row> rows)
      throws IOException {
    org.apache.hadoop.fs.Path path = run.table(step, table.name());
    long count = table.write(step, rows, path.toString());
    Manifest.of(run.fileSystem(), path, count, Map.of()).write(run.fileSystem(), path);
  }

  /** The tables of a step; all but one sample were trained on. */
  private void writeTables(RunFolder run, long step) throws IOException {
    write(run, step, Table.PROMPTS, prompts());
    write(run, step, Table.ROLLOUTS, samplesOf(Table.ROLLOUTS, RunReaderTest::rollout));
    write(run, step, Table.SCORES, samplesOf(Table.SCORES, RunReaderTest::score));
    write(
        run,
        step,
        Table.BATCHES,
        samplesOf(Table.BATCHES, RunReaderTest::batch)
            .where("NOT (example_id = 'a' AND sample = 0)"));
  }

  private static void commit(RunFolder run, long step) throws IOException {
    new Commit(
            step,
            "0".repeat(64),
            Map.of(),
            8 * step,
            Map.of(),
            List.of(),
            Map.of(),
            "jvm",
            null,
            "0.1.0")
        .write(run.fileSystem(), run.commit(step));
  }

  private void writeMetrics(RunFolder run, long step) throws IOException {
    Table.METRICS.write(
        step,
        Table.METRICS.of(spark, List.of(Runs.step(step, -1.0, null, 1))),
        run.metrics(step).toString());
  }

  /** A run of two steps of which the second has rollouts, and a third without commit. */
  private RunFolder twoSteps(Path folder) throws IOException {
    RunFolder run = create(folder.resolve("garl"));
    commit(run, 0);
    for (long step = 1; step <= 3; step++) {
      writeMetrics(run, step);
    }
    commit(run, 1);
    commit(run, 2);
    writeTables(run, 2);
    return run;
  }

  private static byte[] tokenizer() {
    return ByteTokenizer.of("z45");
  }

  private Arm arm(RunFolder run) throws IOException {
    try (RunReader reader = new RunReader(spark, run, "garl q=1")) {
      return reader.arm();
    }
  }

  @Test
  void aRunFolderGivesItsCommittedStepsAndSomeOfTheirRollouts(@TempDir Path folder)
      throws IOException {
    Arm arm = arm(twoSteps(folder));
    assertThat(arm.name()).isEqualTo("garl");
    assertThat(arm.highlights()).isEqualTo("garl q=1");
    assertThat(arm.metrics()).extracting(MetricsRow::step).containsExactly(1L, 2L);
    assertThat(arm.configuration()).isEqualTo("seed: 17\n");
    // Three of each verdict, which are all.
    assertThat(arm.rollouts())
        .extracting(SampledRollout::step, SampledRollout::exampleId, SampledRollout::sample)
        .containsExactly(
            tuple(2L, "a", 0),
            tuple(2L, "a", 1),
            tuple(2L, "b", 0),
            tuple(2L, "b", 1),
            tuple(2L, "c", 0),
            tuple(2L, "c", 1));
  }

  @Test
  void aRolloutJoinsItsPromptItsTokensItsScoreAndItsCoefficients(@TempDir Path folder)
      throws IOException {
    RunFolder run = twoSteps(folder);
    run.write(run.tokenizer(), tokenizer());
    List<SampledRollout> rollouts = arm(run).rollouts();
    SampledRollout wrong = rollouts.get(5);
    assertThat(wrong.prompt()).isEqualTo("ask c");
    assertThat(wrong.verdict()).isEqualTo("WRONG");
    assertThat(wrong.reason()).isEqualTo("5 is not 4");
    assertThat(wrong.logW()).isEqualTo(-1);
    assertThat(wrong.rationale().text()).isEqualTo("z5");
    assertThat(wrong.rationale().tokens()).containsExactly("z", "5");
    assertThat(wrong.rationale().logProbs()).containsExactly(-0.5, -1);
    assertThat(wrong.rationale().coefs()).containsExactly(0.25, 0.5);
    assertThat(wrong.answer().text()).isEqualTo("5");
    assertThat(wrong.answer().logProbs()).containsExactly(-2);
    // The gold answer was trained on, not this one.
    assertThat(wrong.answer().coefs()).isEmpty();
    assertThat(wrong.gold().text()).isEqualTo("4 | four");
    assertThat(wrong.gold().logProbs()).containsExactly(-3, -4);
    assertThat(wrong.gold().coefs()).containsExactly(-1, -2);
    assertThat(rollouts.get(0).rationale().coefs()).isEmpty();
  }

  @Test
  void withoutATokenizerThereAreNoSingleTokens(@TempDir Path folder) throws IOException {
    SampledRollout rollout = arm(twoSteps(folder)).rollouts().get(0);
    assertThat(rollout.rationale().tokens()).isEmpty();
    assertThat(rollout.answer().text()).isEqualTo("4");
  }

  @Test
  void aLaterLookReadsOnlyWhatIsNew(@TempDir Path folder) throws IOException {
    RunFolder run = twoSteps(folder);
    try (RunReader reader = new RunReader(spark, run, "")) {
      List<SampledRollout> before = reader.arm().rollouts();
      for (Table<?> table : List.of(Table.PROMPTS, Table.ROLLOUTS, Table.SCORES)) {
        run.fileSystem().delete(run.table(2, table.name()), true);
      }
      writeTables(run, 3);
      reader.committed(Runs.step(3, -1.0, null, 1));
      Arm arm = reader.arm();
      assertThat(arm.metrics()).hasSize(3);
      assertThat(arm.rollouts()).startsWith(before.toArray(SampledRollout[]::new)).hasSize(12);
    }
  }

  @Test
  void aDamagedTableIsNotShownAndKeepsNobodyFromTheRest(@TempDir Path folder) throws IOException {
    RunFolder run = twoSteps(folder);
    run.fileSystem().delete(run.table(2, Table.ROLLOUTS.name()), true);
    Arm arm = arm(run);
    assertThat(arm.rollouts()).isEmpty();
    assertThat(arm.metrics()).hasSize(2);
  }

  @Test
  void theStepsOfRolloutsAreFewAndStayUntilTheRunIsTwiceAsLong() {
    assertThat(RolloutReader.steps(0)).isEmpty();
    assertThat(RolloutReader.steps(3)).containsExactly(1L, 2L, 3L);
    assertThat(RolloutReader.steps(25))
        .containsExactly(1L, 2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L, 18L, 20L, 22L, 24L, 25L);
    assertThat(RolloutReader.steps(200))
        .containsExactly(
            1L, 16L, 32L, 48L, 64L, 80L, 96L, 112L, 128L, 144L, 160L, 176L, 192L, 200L);
    for (long last = 1; last < 5000; last++) {
      assertThat(RolloutReader.steps(last)).hasSizeLessThanOrEqualTo(18);
    }
  }

  @Test
  void evaluationsOfAllStepsAreReadFromStep0On(@TempDir Path folder) throws IOException {
    RunFolder run = twoSteps(folder);
    for (long step : new long[] {0, 2, 3}) {
      org.apache.hadoop.fs.Path table =
          new org.apache.hadoop.fs.Path(run.evaluation(step), Table.EVALUATIONS.name());
      Table.EVALUATIONS.write(
          1, Table.EVALUATIONS.of(spark, List.of(Runs.evaluation(step, 0.5))), table.toString());
      Manifest.of(run.fileSystem(), table, 1, Map.of()).write(run.fileSystem(), table);
    }
    assertThat(arm(run).evaluations())
        .containsExactly(Runs.evaluation(0, 0.5), Runs.evaluation(2, 0.5));
  }

  @Test
  void aRunThatHasOnlyItsNewPolicyIsAnEmptyArm(@TempDir Path folder) throws IOException {
    RunFolder run = create(folder.resolve("new"));
    commit(run, 0);
    assertThat(arm(run).metrics()).isEmpty();
    assertThat(arm(run).rollouts()).isEmpty();
  }

  @Test
  void metricsComeInOrderAndKeepTheirGaps(@TempDir Path folder) throws IOException {
    List<MetricsRow> rows =
        List.of(Runs.step(2, null, 0.5, Double.NaN), Runs.step(1, -3.0, null, 0.25));
    Table.METRICS.write(1, Table.METRICS.of(spark, rows), folder.resolve("m").toString());
    List<MetricsRow> read =
        RunReader.metrics(Table.METRICS.read(spark, folder.resolve("m").toString()));
    assertThat(read).containsExactly(rows.get(1), rows.get(0));
  }
}
