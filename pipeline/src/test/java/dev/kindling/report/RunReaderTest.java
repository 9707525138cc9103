package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.SparkTest;
import dev.kindling.check.InvalidInputException;
import dev.kindling.io.Commit;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  private final SparkSession spark = SparkTest.session();

  private static String characters(int[] ids) {
    return IntStream.of(ids).mapToObj(Character::toString).collect(Collectors.joining());
  }

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
        new int[] {52, 0},
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
        "",
        "",
        new int[] {'z', '0' + sample},
        new int[] {52},
        none,
        none,
        none,
        none,
        none,
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

  private List<SampledRollout> samples(int count, int partitions) {
    return RunReader.samples(
        prompts(),
        samplesOf(Table.ROLLOUTS, RunReaderTest::rollout).repartition(partitions),
        samplesOf(Table.SCORES, RunReaderTest::score).repartition(partitions),
        count,
        RunReaderTest::characters);
  }

  private static RunFolder create(Path root) throws IOException {
    return RunFolder.create(
        new Configuration(), new org.apache.hadoop.fs.Path(root.toUri()), "seed: 17\n");
  }

  /** A table of step 2, with its manifest. */
  private static void write(RunFolder run, Table<?> table, Dataset<Row> rows) throws IOException {
    org.apache.hadoop.fs.Path path = run.table(2, table.name());
    long count = table.write(2, rows, path.toString());
    Manifest.of(run.fileSystem(), path, count, Map.of()).write(run.fileSystem(), path);
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

  @Test
  void aRunFolderGivesItsCommittedStepsAndTheRolloutsOfTheLast(@TempDir Path folder)
      throws IOException {
    RunFolder run = create(folder.resolve("garl"));
    commit(run, 0);
    for (long step = 1; step <= 3; step++) {
      writeMetrics(run, step);
    }
    commit(run, 1);
    commit(run, 2);
    write(run, Table.PROMPTS, prompts());
    write(run, Table.ROLLOUTS, samplesOf(Table.ROLLOUTS, RunReaderTest::rollout));
    write(run, Table.SCORES, samplesOf(Table.SCORES, RunReaderTest::score));

    Arm arm = RunReader.arm(spark, run, "garl q=1", 5, RunReaderTest::characters);

    assertThat(arm.name()).isEqualTo("garl");
    assertThat(arm.highlights()).isEqualTo("garl q=1");
    assertThat(arm.metrics()).extracting(MetricsRow::step).containsExactly(1L, 2L);
    assertThat(arm.samples()).hasSize(5);
    assertThat(arm.configuration()).isEqualTo("seed: 17\n");
  }

  @Test
  void aRunThatHasOnlyItsNewPolicyIsAnEmptyArm(@TempDir Path folder) throws IOException {
    RunFolder run = create(folder.resolve("new"));
    commit(run, 0);
    Arm arm = RunReader.arm(spark, run, "", 5, RunReaderTest::characters);
    assertThat(arm.metrics()).isEmpty();
    assertThat(arm.samples()).isEmpty();
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

  @Test
  void aSampleJoinsItsPromptItsRolloutAndItsScore() {
    List<SampledRollout> all = samples(100, 2);
    assertThat(all).hasSize(6);
    assertThat(all.get(0))
        .isEqualTo(new SampledRollout("a", 0, "ask a", "z0", "4", "4 | four", "CORRECT", "", 0.0));
    assertThat(all.get(5))
        .isEqualTo(
            new SampledRollout(
                "c", 1, "ask c", "z1", "5", "4 | four", "WRONG", "5 is not 4", -1.0));
  }

  @Test
  void theSameFewAreDrawnWhateverThePartitions() {
    assertThat(samples(4, 1)).hasSize(4).isEqualTo(samples(4, 5));
  }

  @Test
  void noSamplesCannotBeAskedFor() {
    assertThatThrownBy(() -> samples(0, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid samples of a report: 0 (must be >= 1)");
  }
}
