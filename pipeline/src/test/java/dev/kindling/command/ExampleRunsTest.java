package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The finished run that comes along under {@code examples/runs}, read with today's schemas. */
class ExampleRunsTest {
  private static final Path RUNS = Path.of("..", "examples", "runs").toAbsolutePath().normalize();
  private static final long STEPS = 12;

  private final SparkSession spark = SmallRun.spark();

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "garl-0.75"})
  void everyTableOfEveryStepHasTheColumnsOfToday(String arm) throws IOException {
    RunFolder run = SmallRun.folder(RUNS, arm);
    for (long step = 1; step <= STEPS; step++) {
      for (Table<?> table : Table.ofStep()) {
        org.apache.hadoop.fs.Path path = run.table(step, table.name());
        Manifest.held(run.fileSystem(), path);
        assertThat(spark.read().parquet(path.toString()).schema().fieldNames())
            .as(path.toString())
            .containsExactly(table.schema().fieldNames());
      }
      assertThat(spark.read().parquet(run.metrics(step).toString()).schema().fieldNames())
          .containsExactly(Table.METRICS.schema().fieldNames());
    }
  }

  @Test
  void oneArmNeverSucceedsAndTheOtherOneDoesInItsSecondHalf() throws IOException {
    assertThat(passAt1("grpo")).isZero();
    // 35 of 64 held-out problems.
    assertThat(passAt1("garl-0.75")).isEqualTo(0.546875);
    List<ScoreRow> last = SmallRun.rows(SmallRun.folder(RUNS, "garl-0.75"), STEPS, Table.SCORES);
    assertThat(last).hasSize(64).anyMatch(row -> row.verdict().equals("CORRECT"));
    assertThat(last).allMatch(row -> row.prompt().endsWith("?") && !row.rationale().isEmpty());
  }

  private double passAt1(String arm) throws IOException {
    String table = SmallRun.folder(RUNS, arm).evaluation(STEPS) + "/" + Table.EVALUATIONS.name();
    List<EvaluationRow> rows = Table.EVALUATIONS.collect(Table.EVALUATIONS.read(spark, table));
    return rows.stream()
        .filter(row -> row.metric().equals("pass"))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void aReportOfBothIsMadeWithoutTheirCheckpoints(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("both.html");
    CommandResult.ok(
        "report",
        RUNS.resolve("grpo").toString(),
        RUNS.resolve("garl-0.75").toString(),
        "--out",
        page.toString());
    assertThat(Files.readString(page)).contains("garl-0.75", "grpo");
  }

  @Test
  void allOfItHasLessThanTwoMegabytes() throws IOException {
    try (Stream<Path> files = Files.walk(RUNS)) {
      assertThat(files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum())
          .isLessThan(2_000_000);
    }
  }
}
