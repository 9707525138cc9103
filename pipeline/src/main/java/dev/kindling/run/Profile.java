package dev.kindling.run;

import static org.apache.spark.sql.functions.col;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.io.AtomicFile;
import dev.kindling.io.Manifest;
import dev.kindling.row.Table;
import dev.kindling.stage.PassRates;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The pass rate of every example of a run's data set under the policy that the run begins with,
 * without training. It goes by chunks of {@code sampler.prompts_per_step} examples in the order of
 * the data set; a chunk is whole or done again, and its rollouts depend on the settings alone.
 *
 * <pre>
 * profile                     a row for each example; profile.html, its page
 * profile-chunks/chunk-N      2-rollouts, 3-scores of the chunk
 * </pre>
 */
public final class Profile {
  private static final String NAME = "profile";
  private static final int SECONDS_BETWEEN_LINES = 10;
  private static final int EXAMPLES_PER_FILE = 1 << 17;

  private final Run run;
  private final SparkSession spark;
  private final FileSystem files;
  private final Progress progress;
  private final int chunkSize;
  private final int chunks;
  private final Dataset<Row> prompts;

  /** A profile of a run's data set. */
  public Profile(Run run, Progress progress) throws IOException {
    this.run = run;
    this.spark = run.spark();
    this.files = run.folder().fileSystem();
    this.progress = progress;
    this.chunkSize = run.conf().sampler().promptsPerStep();
    this.chunks = (run.examples() + chunkSize - 1) / chunkSize;
    Manifest.held(files, run.folder().prompts());
    this.prompts = Table.PROMPTS.read(spark, run.folder().prompts().toString());
  }

  /** Where the table lies. */
  public Path table() {
    return new Path(run.folder().root(), NAME);
  }

  /** Where the page lies. */
  public Path page() {
    return table().suffix(".html");
  }

  /** Puts the page beside the table. */
  public void writePage(String html) throws IOException {
    byte[] content = html.getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(files, page(), out -> out.write(content));
  }

  /**
   * Samples and scores what is missing, and writes the table.
   *
   * @return rows of the table
   */
  public Dataset<Row> write() throws IOException {
    PolicyRef policy = run.policy(0);
    long started = System.nanoTime();
    long told = started;
    int sampled = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      if (isWhole(chunk)) {
        continue;
      }
      int number = chunk;
      progress.underBar("chunk %d/%d".formatted(chunk + 1, chunks), () -> sample(number, policy));
      sampled++;
      if (seconds(told) > SECONDS_BETWEEN_LINES) {
        long left = Math.round((chunks - chunk - 1) * seconds(started) / sampled);
        progress.tell(
            "Profiled %d of %d examples, about %s left"
                .formatted(end(chunk), run.examples(), clock(left)));
        told = System.nanoTime();
      }
    }
    Path table = table();
    StepTables.write(files, 0, Table.PROFILE, rows(), table, madeFrom());
    return Table.PROFILE.read(spark, table.toString());
  }

  private static double seconds(long started) {
    return (System.nanoTime() - started) / 1e9;
  }

  private static String clock(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    return left.toHours() > 0
        ? "%d h %02d min".formatted(left.toHours(), left.toMinutesPart())
        : "%d min %02d s".formatted(left.toMinutes(), left.toSecondsPart());
  }

  private int end(int chunk) {
    return Math.min(run.examples(), (chunk + 1) * chunkSize);
  }

  private Path place(int chunk, Table<?> table) {
    return new Path(
        run.folder().root(), "%s-chunks/chunk-%06d/%s".formatted(NAME, chunk + 1, table.name()));
  }

  private boolean isWhole(int chunk) throws IOException {
    try {
      Manifest.held(files, place(chunk, Table.ROLLOUTS));
      Manifest.held(files, place(chunk, Table.SCORES));
      return true;
    } catch (InvalidInputException unfinished) {
      return false;
    }
  }

  private long sample(int chunk, PolicyRef policy) throws IOException {
    int first = chunk * chunkSize;
    Dataset<Row> some =
        prompts.where("position >= %d AND position < %d".formatted(first, end(chunk)));
    Path rollouts = place(chunk, Table.ROLLOUTS);
    StepTables.write(
        files,
        0,
        Table.ROLLOUTS,
        Rollout.rollout(
            spark,
            some,
            new Rollout.Places(first, end(chunk) - first),
            policy,
            run.model().tokenizer(),
            run.settings().training(),
            run.conf().sampler().promptsPerTask(),
            // An example has other rollouts in the run's training.
            CounterRandom.of(run.conf().run().seed(), NAME).key(),
            0),
        rollouts);
    return StepTables.write(
        files,
        0,
        Table.SCORES,
        Score.score(
            spark,
            some,
            Table.ROLLOUTS.read(spark, rollouts.toString()),
            run.settings().judges(run.conf().verifier().name())),
        place(chunk, Table.SCORES));
  }

  private Dataset<Row> rows() {
    return PassRates.of(
            spark,
            prompts,
            Table.ROLLOUTS.read(spark, paths(Table.ROLLOUTS)),
            Table.SCORES.read(spark, paths(Table.SCORES)),
            run.conf().verifier().name().orElse(null),
            run.settings().verifierLimits())
        // By their number alone: the same files on every cluster.
        .repartition(1 + run.examples() / EXAMPLES_PER_FILE, col("example_id"))
        .sortWithinPartitions("example_id");
  }

  private String[] paths(Table<?> table) {
    List<String> paths = new ArrayList<>();
    for (int chunk = 0; chunk < chunks; chunk++) {
      paths.add(place(chunk, table).toString());
    }
    return paths.toArray(new String[0]);
  }

  private Map<String, String> madeFrom() throws IOException {
    return Map.of("prompts", Manifest.read(files, run.folder().prompts()).digest());
  }
}
