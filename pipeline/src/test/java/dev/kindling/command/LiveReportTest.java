package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.report.RunReader;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a run that goes on. */
class LiveReportTest {
  // As often as a page is written, and a little.
  private static final long MILLIS = 5100;

  @TempDir private Path temporary;

  @Test
  void thePageIsThereBeforeTheFirstStepAndGrowsWithTheRun() throws Exception {
    SparkSession spark = SmallRun.spark();
    Configuration conf =
        Configuration.load(List.of(), SmallRun.settings(temporary, "live", "run.steps=3"));
    List<Integer> steps = new ArrayList<>();
    try (Progress progress = Progress.ofSteps(spark);
        Run run = new RunStart(spark, progress, "test").start(conf, false, OptionalLong.empty());
        RunReader reader = Reports.reader(run)) {
      Pipeline pipeline = new Pipeline(run, progress);
      LiveReport.during(
          progress,
          reader,
          arm -> steps.add(arm.metrics().size()),
          () -> {
            assertThat(steps).containsExactly(0);
            pipeline.train(1);
            Thread.sleep(MILLIS);
            pipeline.train(2);
          });
      assertThat(steps).endsWith(2);
      int written = steps.size();
      Thread.sleep(MILLIS);
      pipeline.train(3);
      assertThat(steps).hasSize(written);
    }
  }

  @Test
  void aPageThatCannotBeWrittenDoesNotEndTheRun() throws Exception {
    SparkSession spark = SmallRun.spark();
    Configuration conf =
        Configuration.load(List.of(), SmallRun.settings(temporary, "no-page", "run.steps=1"));
    try (Progress progress = Progress.ofSteps(spark);
        Run run = new RunStart(spark, progress, "test").start(conf, false, OptionalLong.empty());
        RunReader reader = Reports.reader(run)) {
      LiveReport.during(
          progress,
          reader,
          arm -> {
            throw new IOException("the disk is full");
          },
          () -> new Pipeline(run, progress).train(1));
      assertThat(run.folder().committedSteps()).containsExactly(0L, 1L);
    }
  }

  @Test
  void theRunsOwnPageSaysWhatWasTriedAndWhatCameOut() throws Exception {
    SmallRun.spark();
    CommandResult result =
        CommandResult.of(
            SmallRun.arguments("train", SmallRun.settings(temporary, "told", "run.steps=2")));
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(Files.readString(temporary.resolve("told/report.html")))
        .containsPattern(
            "<p class=\"finding\">\\w+[^<]*: training reward went from [0-9.]+ % to [0-9.]+ %[^<]*"
                + "2 of 2 steps are committed\\.</p>");
  }
}
