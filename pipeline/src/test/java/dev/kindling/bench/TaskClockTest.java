package dev.kindling.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.stage.step.GradientStep;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

/** What tasks took, by Spark's own account. */
class TaskClockTest {
  private static final JavaSparkContext CONTEXT =
      JavaSparkContext.fromSparkContext(SparkTest.session().sparkContext());

  @Test
  void tasksAreAddedUpAndThoseOfGradientsApart() throws IOException {
    try (TaskClock clock = new TaskClock(CONTEXT)) {
      TaskClock.Span span =
          clock.time(
              () ->
                  CONTEXT
                      .parallelize(List.of(1, 2), 2)
                      .mapToPair(
                          number -> {
                            Thread.sleep(300);
                            return new Tuple2<>(number, number);
                          })
                      .setName(GradientStep.GRADIENTS)
                      .reduceByKey(Integer::sum)
                      .mapPartitions(
                          rows -> {
                            Thread.sleep(100);
                            return rows;
                          })
                      .count());
      // Two tasks that sleep 0.3 s under that name, then two that sleep 0.1 s.
      assertThat(span.gradientSeconds()).isBetween(0.6, span.taskSeconds() - 0.2);
      assertThat(span.cpuSeconds()).isBetween(0.0, span.taskSeconds() - 0.8 + 0.05);
    }
  }

  @Test
  void aSecondMeasurementStartsAtZero() throws IOException {
    try (TaskClock clock = new TaskClock(CONTEXT)) {
      clock.time(() -> CONTEXT.parallelize(List.of(1), 1).map(TaskClockTest::slept).count());
      TaskClock.Span none = clock.time(() -> {});
      assertThat(none.taskSeconds()).isZero();
    }
  }

  private static int slept(int number) throws InterruptedException {
    Thread.sleep(50);
    return number;
  }
}
