package dev.kindling.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
