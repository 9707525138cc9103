package dev.kindling.command;

import dev.kindling.SparkTest;
import dev.kindling.conf.Configuration;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.RunFolder;
import dev.kindling.io.StoredFile;
import dev.kindling.io.UserPath;
import dev.kindling.row.Table;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Runs that take seconds: a two-layer policy of 3 thousand parameters on twelve problems of
 * arithmetic, four of them a step, four rollouts each, two gradient updates a step.
 */
final class SmallRun {
  static final int PROMPTS = 4;
  static final int SAMPLES = 4;
  static final int UPDATES = 2;
  static final int EXAMPLES = 12;

  private static final List<String> SETTINGS =
      List.of(
          "run.seed=7",
          "run.steps=3",
          "run.keep_checkpoints=0",
          "model.tokenizer=characters:" + ArithmeticProblems.ALPHABET,
          "model.hidden=16",
          "model.layers=2",
          "model.heads=2",
          "model.kv_heads=1",
          "model.head_dim=8",
          "model.intermediate=24",
          "model.max_positions=32",
          "model.init_std=0.3",
          "sampler.prompts_per_step=" + PROMPTS,
          "sampler.samples=" + SAMPLES,
          "sampler.prompts_per_task=2",
          "sampler.thinking_tokens=6",
          "sampler.answer_tokens=6",
          "trainer.updates_per_step=" + UPDATES,
          "trainer.shards=2",
          "trainer.slices=3",
          "trainer.micro_batch_tokens=64",
          "trainer.learning_rate=0.01");

  private static final List<String> WALL_TIMES =
      List.of(
          "seconds",
          "verifier_millis",
          "seconds_rollout",
          "seconds_score",
          "seconds_refill",
          "seconds_weigh",
          "seconds_batch",
          "seconds_step");

  private SmallRun() {}

  static SparkSession spark() {
    return SparkTest.session();
  }

  /** Writes the data sets into a folder and gives the settings of a run there. */
  static List<String> settings(Path folder, String name, String... more) throws IOException {
    List<String> sets = new ArrayList<>(SETTINGS);
    Path problems = folder.resolve("problems.jsonl");
    Files.write(problems, new ArithmeticProblems(1).task(EXAMPLES, false));
    sets.add("data.path=" + problems);
    sets.add("run.folder=" + folder);
    sets.add("run.name=" + name);
    sets.addAll(Arrays.asList(more));
    return sets;
  }

  /** A command with settings, as {@code --set} arguments. */
  static String[] arguments(String command, List<String> settings, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.add(command);
    for (String set : settings) {
      arguments.add("--set");
      arguments.add(set);
    }
    arguments.addAll(Arrays.asList(more));
    return arguments.toArray(new String[0]);
  }

  /** Runs every step that is not committed yet, and gives the run's folder. */
  static RunFolder train(List<String> settings, boolean resume) throws IOException {
    Configuration conf = Configuration.load(List.of(), settings);
    try (Progress progress = Progress.ofStages(spark());
        Run run =
            new RunStart(spark(), progress, "test").start(conf, resume, OptionalLong.empty())) {
      new Pipeline(run, progress).train();
      return run.folder();
    }
  }

  static RunFolder folder(Path parent, String name) throws IOException {
    return RunFolder.open(
        spark().sparkContext().hadoopConfiguration(), UserPath.of(parent.toString(), name));
  }

  /** The local path of a path of the run. */
  static Path local(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  /** Rows of a step's table, of all rounds of sampling. */
  static <T extends Record> List<T> rows(RunFolder run, long step, Table<T> table)
      throws IOException {
    return table.collect(read(run, step, table));
  }

  private static Dataset<Row> read(RunFolder run, long step, Table<?> table) throws IOException {
    if (table == Table.METRICS || table == Table.EVALUATIONS) {
      return table.read(spark(), path(run, step, table).toString());
    }
    List<org.apache.hadoop.fs.Path> rounds = run.tables(step, table.name());
    return table.read(spark(), rounds.stream().map(Object::toString).toArray(String[]::new));
  }

  /** Where a step's table lies. */
  static org.apache.hadoop.fs.Path path(RunFolder run, long step, Table<?> table) {
    if (table == Table.EVALUATIONS) {
      return new org.apache.hadoop.fs.Path(run.evaluation(step), table.name());
    }
    return table == Table.METRICS ? run.metrics(step) : run.table(step, table.name());
  }

  /** The rows of every table of a step, as sorted text without the columns of wall time. */
  static Map<String, List<String>> tables(RunFolder run, long step) throws IOException {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    List<Table<?>> all = new ArrayList<>(Table.ofStep());
    all.add(Table.METRICS);
    if (run.fileSystem().exists(run.table(step, Table.CARRIED.name()))) {
      all.add(Table.CARRIED);
    }
    for (Table<?> table : all) {
      Dataset<Row> rows = read(run, step, table);
      tables.put(
          table.name(),
          rows.drop(WALL_TIMES.toArray(new String[0])).collectAsList().stream()
              .map(Row::json)
              .sorted()
              .toList());
    }
    return tables;
  }

  /** The digests of every step's checkpoint, step 0 first. */
  static List<List<StoredFile>> checkpoints(RunFolder run) throws IOException {
    List<List<StoredFile>> checkpoints = new ArrayList<>();
    for (long step : run.committedSteps()) {
      checkpoints.add(run.readCommit(step).checkpoint());
    }
    return checkpoints;
  }
}
