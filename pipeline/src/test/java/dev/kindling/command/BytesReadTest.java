package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.CountingFileSystem;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of parameters on their way through a run, of a policy of 12 MB: from storage to executors,
 * and what of them meets the driver.
 */
class BytesReadTest {
  private static final int SLICES = 3;
  // Of each slice, read for the policy and for the update: first bytes and header.
  private static final long HEADERS = 2 * 1024 * SLICES;

  @TempDir private Path temporary;

  /** Bytes of what tasks give to the driver, and of what it sends to all. */
  private static final class ThroughTheDriver extends SparkListener {
    private final List<Long> results = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> broadcasts = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
      results.add(task.taskMetrics().resultSize());
    }

    @Override
    public void onBlockUpdated(SparkListenerBlockUpdated update) {
      if (update.blockUpdatedInfo().blockId().isBroadcast()) {
        broadcasts.add(update.blockUpdatedInfo().memSize());
      }
    }
  }

  @Test
  void aStepReadsWeightsOnceAndTheDriverSeesNoArrayOfThem() throws Exception {
    SparkContext spark = SmallRun.spark().sparkContext();
    CountingFileSystem.register(spark.hadoopConfiguration());
    List<String> settings =
        SmallRun.settings(
            temporary,
            "counted",
            "run.folder=" + CountingFileSystem.uri(temporary),
            "run.steps=2",
            "model.hidden=256",
            "model.layers=4",
            "model.heads=4",
            "model.kv_heads=2",
            "model.head_dim=64",
            "model.intermediate=768",
            "model.init_std=0.02",
            "trainer.updates_per_step=1",
            "trainer.slices=" + SLICES);
    ThroughTheDriver driver = new ThroughTheDriver();
    spark.addSparkListener(driver);
    long parameters;
    try {
      parameters = train(settings);
      spark.listenerBus().waitUntilEmpty();
    } finally {
      spark.removeSparkListener(driver);
    }
    // 4 bytes for the policy, whoever samples and trains with it, and 12 to update every slice.
    assertThat(CountingFileSystem.read("checkpoints/step-000001/"))
        .isBetween(16 * parameters, 16 * parameters + HEADERS);
    assertThat(driver.results).isNotEmpty().allMatch(bytes -> bytes < 4 * parameters / 100);
    assertThat(sum(driver.results)).isLessThan(4 * parameters / 10);
    assertThat(driver.broadcasts).isNotEmpty().allMatch(bytes -> bytes < 4 * parameters / 10);
  }

  private static long sum(List<Long> bytes) {
    return bytes.stream().mapToLong(Long::longValue).sum();
  }

  /** Runs two steps and counts what the second reads; gives the number of parameters. */
  private static long train(List<String> settings) throws IOException {
    Configuration conf = Configuration.load(List.of(), settings);
    try (Progress progress = Progress.ofStages(SmallRun.spark());
        Run run =
            new RunStart(SmallRun.spark(), progress, "test")
                .start(conf, false, OptionalLong.empty())) {
      Pipeline pipeline = new Pipeline(run, progress);
      pipeline.train(1);
      CountingFileSystem.reset();
      pipeline.train(2);
      return ParameterLayout.of(run.model().shape()).size();
    }
  }
}
