package dev.kindling.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.conf.Configuration;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which step is the best and when a run is over, by evaluations that were written by hand. */
class StandingTest {
  private final SparkSession spark = SparkTest.session();

  @TempDir private Path temporary;
  private RunFolder run;

  /** maj@4 of dev after steps 2 to 12; nothing was evidence after step 8. */
  @BeforeEach
  void evaluations() throws IOException {
    run =
        RunFolder.create(
            spark.sparkContext().hadoopConfiguration(),
            new org.apache.hadoop.fs.Path(temporary.resolve("run").toUri()),
            "run: {}\n");
    Double[] values = {0.1, 0.3, 0.3, null, 0.2, 0.4};
    for (int i = 0; i < values.length; i++) {
      long step = 2L * (i + 1);
      List<EvaluationRow> rows =
          List.of(
              row(step, "dev", "", values[i]),
              row(step, "dev", "hard", 1.0 * step),
              row(step, "test", "", 0.9 - 0.1 * i));
      StepTables.write(
          run.fileSystem(),
          step,
          Table.EVALUATIONS,
          Table.EVALUATIONS.of(spark, rows),
          new org.apache.hadoop.fs.Path(run.evaluation(step), Table.EVALUATIONS.name()));
    }
  }

  private static EvaluationRow row(long step, String set, String level, Double value) {
    return new EvaluationRow(step, set, level, "maj", 4, value, value, value, 9, 4.0);
  }

  private Standing after(long last, String... more) throws IOException {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "evaluate.every=2", "evaluate.sets=[{name: dev, path: a}, {name: test, path: b}]"));
    sets.addAll(List.of(more));
    return Standing.of(spark, run, Configuration.load(List.of(), sets), last);
  }

  @Test
  void theBestStepIsTheFirstOfTheHighestAmongThoseThatAreCommitted() throws IOException {
    String byDev = "run.keep_best.metric=maj@4";
    assertThat(after(1, byDev).best()).isEmpty();
    assertThat(after(3, byDev).best()).contains(2L);
    assertThat(after(11, byDev).best()).contains(4L);
    assertThat(after(12, byDev).best()).contains(12L);
    assertThat(after(12, byDev, "run.keep_best.set=test").best()).contains(2L);
    assertThat(after(12).best()).isEmpty();
  }

  @Test
  void theRunIsOverOncePatienceHasPassedWithoutANewBest() throws IOException {
    String[] byDev = {"run.stop_when.metric=maj@4", "run.stop_when.patience=3"};
    // After step 4 come those of 6, 8 and 10.
    assertThat(after(9, byDev).end()).isEmpty();
    assertThat(after(10, byDev).end())
        .contains(
            "complete after step 10 of 100: maj@4 of dev has not risen above the 0.3000 of step 4 since (run.stop_when.patience is 3)");
    assertThat(after(10, "run.stop_when.metric=maj@4", "run.stop_when.patience=4").end()).isEmpty();
    assertThat(after(12, byDev).end()).isEmpty();
    assertThat(after(10).end()).isEmpty();
  }

  @Test
  void aRunThatHasMadeItsLastStepDidNotEndEarly() throws IOException {
    assertThat(
            after(10, "run.stop_when.metric=maj@4", "run.stop_when.patience=3", "run.steps=10")
                .end())
        .isEmpty();
  }
}
