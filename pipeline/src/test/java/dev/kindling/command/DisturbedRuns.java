package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.LongTests;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.util.ShutdownHookManager;

/**
 * A run with every stage, refill among them, a KL term and an evaluation: undisturbed, and the
 * settings of those that are disturbed and must end with the same tables and checkpoints.
 *
 * <p>Two steps and a few disturbances take minutes; in the long form they are six and many.
 */
final class DisturbedRuns {
  static final int STEPS = LongTests.ARE_RUN ? 6 : 2;

  private static final int PROBLEMS = 40;

  private static DisturbedRuns ofThisProcess;

  private final Path folder;
  private final RunFolder undisturbed;

  private DisturbedRuns(Path folder) throws IOException {
    this.folder = folder;
    Files.write(folder.resolve("train.jsonl"), everyOtherIsNeverSolved());
    Files.write(folder.resolve("eval.jsonl"), new ArithmeticProblems(2).task(6, false));
    CommandResult trained = CommandResult.of(train("undisturbed"));
    assertThat(trained.code()).as(trained.err()).isZero();
    this.undisturbed = SmallRun.folder(folder, "undisturbed");
  }

  /** Those of all tests of this process; the first who asks trains the undisturbed run. */
  static synchronized DisturbedRuns get() throws IOException {
    if (ofThisProcess == null) {
      Path folder = Files.createTempDirectory("disturbed");
      ShutdownHookManager.registerShutdownDeleteDir(folder.toFile());
      ofThisProcess = new DisturbedRuns(folder);
    }
    return ofThisProcess;
  }

  private static List<String> everyOtherIsNeverSolved() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < PROBLEMS; i++) {
      String answer = i % 2 == 0 ? "7777777" : String.valueOf(i / 2 % 10);
      lines.add(
          "{\"id\":\"p%02d\",\"prompt\":\"1+%d?\",\"answer\":\"%s\",\"verifier\":\"substring_match\"}"
              .formatted(i, i, answer));
    }
    return lines;
  }

  private List<String> settings(String name) throws IOException {
    return SmallRun.settings(
        folder,
        name,
        "data.path=" + folder.resolve("train.jsonl"),
        "data.eval_path=" + folder.resolve("eval.jsonl"),
        "evaluate.every=2",
        "run.steps=" + STEPS,
        "sampler.prompts_per_step=3",
        "objective.name=grpo",
        "objective.success=verified",
        "objective.kl=0.1",
        "objective.dynamic_sampling.max_rounds=2");
  }

  /** Where a run of this name lies. */
  Path run(String name) {
    return folder.resolve(name);
  }

  /**
   * The command that starts a run of this name or goes on with it.
   *
   * @param more of its options
   */
  String[] train(String name, String... more) throws IOException {
    List<String> options = new ArrayList<>(List.of("--resume"));
    options.addAll(List.of(more));
    return SmallRun.arguments("train", settings(name), options.toArray(new String[0]));
  }

  /** The options of a driver whose executors are processes of their own. */
  static List<String> onCluster(String master, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Dspark.master=" + master,
                "-Dspark.executor.memory=1g",
                "-Dspark.executor.extraClassPath=" + SparkInstallation.folders(),
                "-Dspark.executor.extraJavaOptions=-Dai.djl.offline=true -Duser.home=/nonexistent "
                    + MainProcess.QUICKLY_COMPILED,
                "-Dspark.sql.shuffle.partitions=3"));
    options.addAll(List.of(more));
    return options;
  }

  /** The options that make Spark tell of every task in a folder. */
  static List<String> told(Path events) throws IOException {
    Files.createDirectories(events);
    return List.of(
        "-Dspark.eventLog.enabled=true",
        "-Dspark.eventLog.rolling.enabled=false",
        "-Dspark.eventLog.compress=false",
        "-Dspark.eventLog.dir=" + events.toUri());
  }

  /** How many tasks ended for one of some reasons, by what Spark has told. */
  static long ended(Path events, String... reasons) throws IOException {
    ObjectMapper json = new ObjectMapper();
    long count = 0;
    try (Stream<Path> logs = Files.list(events)) {
      for (Path log : logs.toList()) {
        for (String line : Files.readAllLines(log)) {
          JsonNode event = json.readTree(line);
          String reason = event.path("Task End Reason").path("Reason").asText();
          count += List.of(reasons).contains(reason) ? 1 : 0;
        }
      }
    }
    return count;
  }

  /**
   * Holds that a run has ended as the undisturbed one, and that nothing else lies in its folder.
   */
  void requireUndisturbed(String name) throws IOException {
    requireUndisturbed(folder, name);
  }

  /** The same of a run in another folder. */
  void requireUndisturbed(Path parent, String name) throws IOException {
    RunFolder run = SmallRun.folder(parent, name);
    assertThat(SmallRun.checkpoints(run))
        .hasSize(STEPS + 1)
        .isEqualTo(SmallRun.checkpoints(undisturbed));
    for (long step = 1; step <= STEPS; step++) {
      assertThat(SmallRun.tables(run, step)).isEqualTo(SmallRun.tables(undisturbed, step));
    }
    assertThat(files(parent.resolve(name))).isEqualTo(files(run("undisturbed")));
  }

  /** The files of a run, those of tables aside, whose names and number are the cluster's. */
  private static List<String> files(Path run) throws IOException {
    try (Stream<Path> all = Files.walk(run)) {
      return all.filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .filter(file -> !file.matches(".*/part-[^/]*\\.parquet"))
          .sorted()
          .toList();
    }
  }
}
