package dev.kindling.bench;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.check.Check;
import dev.kindling.conf.Configuration;
import dev.kindling.report.TextTable;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * How long a run takes to begin with many prompts, of Parquet that Spark reads, and a step to draw
 * its own from them.
 */
public final class PromptsBench {
  private static final int TOKENS = 300;
  private static final int DRAWN = 64;

  private final SparkSession spark;
  private final Progress progress;
  private final Path folder;
  private final long prompts;
  private final int repeats;

  /**
   * A bench that has generated nothing yet.
   *
   * @param folder where tables go; the caller removes it
   * @param prompts number of them, at least 64
   * @param repeats draws that count, at least 1; one more before them does not
   */
  public PromptsBench(
      SparkSession spark, Progress progress, Path folder, long prompts, int repeats) {
    new Check().that(prompts >= DRAWN, "--prompts", prompts, "must be >= " + DRAWN).done();
    this.spark = spark;
    this.progress = progress;
    this.folder = folder;
    this.prompts = prompts;
    this.repeats = repeats;
  }

  /** The table: beginning, and drawing. */
  public String table() throws IOException {
    Path data = new Path(folder, "data");
    spark
        .range(prompts)
        .select(
            expr("concat('q', lpad(CAST(id AS STRING), 9, '0')) AS id"),
            expr(
                "rpad(concat(id, ' ', repeat(sha2(CAST(id AS STRING), 256), 5)), "
                    + TOKENS
                    + ", '.') AS prompt"),
            expr("CAST(pmod(id, 97) AS STRING) AS answer"))
        .write()
        .parquet(data.toString());
    Configuration conf =
        Configuration.load(
            List.of(Configuration.resource("conf/bench.yaml")),
            List.of(
                "data.format=spark",
                "data.path=" + data,
                "run.folder=" + folder,
                "run.name=run",
                "model.hidden=8",
                "model.layers=1",
                "model.heads=2",
                "model.kv_heads=1",
                "model.head_dim=4",
                "model.intermediate=16",
                "objective.name=rloo",
                "sampler.prompts_per_step=" + DRAWN));
    long started = System.nanoTime();
    List<Double> draws = new ArrayList<>();
    double begin;
    try (Run run =
        new RunStart(spark, progress, "bench").start(conf, false, OptionalLong.empty())) {
      begin = (System.nanoTime() - started) / 1e9;
      Pipeline pipeline = new Pipeline(run, progress);
      for (int draw = 0; draw <= repeats; draw++) {
        double seconds = pipeline.prepare(1);
        if (draw > 0) {
          draws.add(seconds);
        }
      }
    }
    Spread drawn = Spread.of(draws);
    double heap = Runtime.getRuntime().maxMemory() / 1073741824.0;
    return TextTable.of(
        List.of("%d prompts of %d tokens".formatted(prompts, TOKENS), "s", "±", "prompts/s"),
        List.of(
            List.of(
                String.format(Locale.ROOT, "a run begins (driver heap %.1f GiB)", heap),
                String.format(Locale.ROOT, "%.1f", begin),
                "",
                String.format(Locale.ROOT, "%.0f", prompts / begin)),
            List.of(
                "a step draws " + DRAWN,
                String.format(Locale.ROOT, "%.2f", drawn.median()),
                String.format(Locale.ROOT, "%.0f %%", 100 * drawn.noise()),
                String.format(Locale.ROOT, "%.0f", DRAWN / drawn.median()))));
  }
}
