package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RandomWeights;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.CountingFileSystem;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an executor reads of a checkpoint, counted in bytes. */
class PolicyRefTest {
  // 4096 * 64 of the embedding, 2 * (64 * (64 + 32 + 32 + 64 + 3 * 128) + 2 * 64) and 64 of the
  // layers and the last norm: 336,192 parameters.
  private static final ModelConfig MODEL =
      new ModelConfig(
          4096, 64, 2, 4, 2, 16, 128, 64, 1e4, RopeScaling.NONE, 1e-6, false, false, true);
  private static final long PARAMETERS = 336_192;
  private static final int SLICES = 3;
  // The first bytes, which may be those of a pointer to a file, and the header.
  private static final long HEADERS = 1024 * SLICES;

  @TempDir private java.nio.file.Path temporary;

  private final JavaSparkContext context =
      JavaSparkContext.fromSparkContext(SparkTest.session().sparkContext());
  private final Configuration hadoop = new Configuration(context.hadoopConfiguration());

  private PolicyRef policy(long seed) throws IOException {
    CountingFileSystem.register(hadoop);
    Path folder = new Path(CountingFileSystem.uri(temporary));
    FileSystem files = folder.getFileSystem(hadoop);
    List<StoredFile> slices = new ArrayList<>();
    for (SliceRange range : SliceRange.split(PARAMETERS, SLICES)) {
      Path file = new Path(folder, "slice-" + range.from());
      slices.add(
          CheckpointSlice.writeFirst(files, file, range, new RandomWeights(MODEL, seed, 0.02)));
    }
    CountingFileSystem.reset();
    return PolicyRef.of(
        context.broadcast(new SerializableConfiguration(hadoop)),
        folder,
        slices,
        MODEL,
        Precision.FLOAT32,
        0);
  }

  @Test
  void tasksThatSampleAndTrainReadTheWeightsOnceAndNeverTheMoments() throws Exception {
    assertThat(ParameterLayout.of(MODEL).size()).isEqualTo(PARAMETERS);
    PolicyRef policy = policy(5);
    ExecutorService tasks = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean samples = i % 2 == 0;
      done.add(
          tasks.submit(
              () -> {
                if (samples) {
                  policy.decoder().close();
                } else {
                  policy.weights().close();
                }
              }));
    }
    for (Future<?> each : done) {
      each.get();
    }
    tasks.shutdown();
    assertThat(CountingFileSystem.read(temporary.toString()))
        .isBetween(4 * PARAMETERS, 4 * PARAMETERS + HEADERS);
    for (String file : policy.files()) {
      // A third of the file's values are weights, and come first.
      assertThat(CountingFileSystem.farthest(new Path(file)))
          .isBetween(4 * PARAMETERS / SLICES, 4 * PARAMETERS / SLICES + 1024);
    }
  }

  @Test
  void aPolicyThatOtherTasksStillUseIsNotReadAgainWhereTwoTakeTurns() throws Exception {
    PolicyRef sampler = policy(6);
    sampler.weights().close();
    PolicyRef trained =
        new PolicyRef(sampler.hadoop(), sampler.files(), "another", MODEL, Precision.FLOAT32, 1);
    for (int turn = 0; turn < 3; turn++) {
      trained.weights().close();
      sampler.weights().close();
    }
    assertThat(CountingFileSystem.read(temporary.toString()))
        .isBetween(8 * PARAMETERS, 8 * PARAMETERS + 2 * HEADERS);
  }
}
