package dev.kindling.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.report.Runs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** What a terminal shows of a stage. */
class ProgressTest {
  private static final long SECONDS = 30;
  // A bar is drawn anew each second.
  private static final long MILLIS_OF_TWO_DRAWINGS = 2200;

  private final SparkSession spark = SparkTest.session();
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  private String shown() {
    return screen.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aStagesBarAppearsWithTheNumberOfItsTasks() throws Exception {
    try (PrintStream terminal = new PrintStream(screen, true, StandardCharsets.UTF_8);
        Progress progress = Progress.onTerminal(spark, terminal)) {
      progress.stage(
          "rollout",
          12,
          () -> {
            sleep(MILLIS_OF_TWO_DRAWINGS);
            assertThat(shown()).isEmpty();
            long rows = spark.range(0, 8, 1, 2).toJavaRDD().count();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (!shown().contains("2/2 tasks") && System.nanoTime() < deadline) {
              sleep(20);
            }
            return rows;
          });
    }
    assertThat(shown()).contains("step 12 rollout", "2/2 tasks", "━").doesNotContain("?");
  }

  @Test
  void oneLineTellsOfAllSteps() throws Exception {
    List<Long> told = new ArrayList<>();
    try (PrintStream terminal = new PrintStream(screen, true, StandardCharsets.UTF_8);
        Progress progress = Progress.onTerminal(spark, terminal)) {
      progress.listen(row -> told.add(row.step()));
      progress.begin("garl-0.75", 25, 75);
      progress.step(Runs.step(2, -19.25, 0.125, 0.5), 25);
      progress.step(Runs.step(3, -18.5, null, 0.5), 25);
      sleep(MILLIS_OF_TWO_DRAWINGS);
      progress.end();
    }
    assertThat(told).containsExactly(2L, 3L);
    // Of 75 steps 25 were done before; the last evaluation stays in sight.
    assertThat(shown()).contains("garl-0.75", "27/75", "3/25  pass@1 12.5 %  log P-hat");
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
