package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler may call every stage of a step again: the run is the one that the loop makes. */
class RepeatedStagesTest {
  private static final List<String> STAGES = List.of("rollout", "score", "weigh", "batch", "step");
  private static final List<String> TABLES =
      List.of("1-prompts", "2-rollouts", "3-scores", "4-weights", "5-batches");

  @TempDir static Path temporary;
  private static RunFolder loop;

  @BeforeAll
  static void runTheLoop() throws IOException {
    loop = SmallRun.train(settings("loop"), false);
  }

  private static List<String> settings(String name, String... more) throws IOException {
    List<String> settings = SmallRun.settings(temporary, name, "run.steps=2");
    settings.addAll(List.of(more));
    return settings;
  }

  private static String[] prepare(String name, int step) throws IOException {
    return SmallRun.arguments("prepare", settings(name), "--step", String.valueOf(step));
  }

  private static String[] stages(String range, String name, int step) throws IOException {
    String[] more = {range, "--step", String.valueOf(step)};
    return SmallRun.arguments("stages", settings(name), more);
  }

  private static String run(String name) {
    return temporary.resolve(name).toString();
  }

  private static String said(String... arguments) {
    CommandResult result = CommandResult.of(arguments);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  private static String kept(String stage, int step) {
    return String.format(
        Locale.ROOT,
        "Kept what %s of step %d has finished (--fresh makes it again)%n",
        stage,
        step);
  }

  private static String manifest(String name, String table) throws IOException {
    RunFolder run = SmallRun.folder(temporary, name);
    return Files.readString(SmallRun.local(run.table(1, table + ".json")));
  }

  private static void assertEqualToTheLoop(String name) throws IOException {
    RunFolder run = SmallRun.folder(temporary, name);
    assertThat(SmallRun.checkpoints(run)).hasSize(3).isEqualTo(SmallRun.checkpoints(loop));
    assertThat(SmallRun.tables(run, 2)).isEqualTo(SmallRun.tables(loop, 2));
  }

  @Test
  void everyStageCalledTwiceMakesTheRunOfTheLoop() throws IOException {
    for (int step = 1; step <= 2; step++) {
      ok(prepare("twice", step));
      String next = "Next: ./submit.sh rollout --run file:%s --step %d%n";
      assertThat(said(prepare("twice", step)))
          .isEqualTo(kept("prepare", step) + next.formatted(run("twice"), step));
      for (String stage : STAGES.subList(0, 4)) {
        String[] command = {stage, "--run", run("twice"), "--step", String.valueOf(step)};
        assertThat(said(command)).isEmpty();
        assertThat(said(command)).isEqualTo(kept(stage, step));
      }
      ok("step", "--run", run("twice"), "--step", String.valueOf(step));
      String done = "Step %d is already done%n".formatted(step);
      for (String stage : STAGES) {
        String[] command = {stage, "--run", run("twice"), "--step", String.valueOf(step)};
        assertThat(said(command)).isEqualTo(done);
      }
      assertThat(said(prepare("twice", step))).isEqualTo(done);
    }
    assertEqualToTheLoop("twice");
  }

  @Test
  void stagesOfOneCallKeepWhatIsFinishedAndMakeTheRunOfTheLoop() throws IOException {
    assertThat(said(stages("prepare..score", "range", 1))).isEmpty();
    String rollouts = manifest("range", "2-rollouts");
    assertThat(said(stages("prepare..step", "range", 1)))
        .isEqualTo(kept("prepare", 1) + kept("rollout", 1) + kept("score", 1));
    assertThat(manifest("range", "2-rollouts")).isEqualTo(rollouts);
    assertThat(said(stages("prepare..step", "range", 1)))
        .isEqualTo("Step 1 is already done%n".formatted());
    ok(prepare("range", 2));
    ok("stages", "rollout", "--run", run("range"), "--step", "2");
    assertThat(said("stages", "rollout..step", "--run", run("range"), "--step", "2"))
        .isEqualTo(kept("rollout", 2));
    assertEqualToTheLoop("range");
    // What one process knows of another's wall time is nothing.
    RunFolder range = SmallRun.folder(temporary, "range");
    assertThat(SmallRun.rows(range, 2, Table.METRICS).get(0).secondsRollout()).isNull();
    assertThat(SmallRun.rows(range, 2, Table.METRICS).get(0).secondsScore()).isPositive();
  }

  @Test
  void whatIsMadeFromOlderTablesOrNotWholeIsMadeAgain() throws IOException {
    ok(stages("prepare..batch", "stale", 1));
    List<String> before = List.of(manifest("stale", "1-prompts"), manifest("stale", "3-scores"));
    ok("rollout", "--run", run("stale"), "--step", "1", "--fresh");
    assertThat(said("stages", "rollout..weigh", "--run", run("stale"), "--step", "1"))
        .isEqualTo(kept("rollout", 1));
    assertThat(manifest("stale", "1-prompts")).isEqualTo(before.get(0));
    assertThat(manifest("stale", "3-scores")).isNotEqualTo(before.get(1));
    Files.writeString(temporary.resolve("stale/step-000001/4-weights/part-0.parquet"), "more");
    assertThat(said("stages", "weigh..step", "--run", run("stale"), "--step", "1")).isEmpty();
    assertThat(SmallRun.checkpoints(SmallRun.folder(temporary, "stale")))
        .isEqualTo(SmallRun.checkpoints(loop).subList(0, 2));
  }

  @Test
  void preparingAStepAgainKeepsItsRolloutsAndResumingThrowsThemAway() throws IOException {
    ok(stages("prepare..rollout", "kept", 1));
    Path half = temporary.resolve("kept/checkpoints/step-000001/slice-00000-of-00003.safetensors");
    Files.createDirectories(half.getParent());
    Files.writeString(half, "half");
    String rollouts = manifest("kept", "2-rollouts");
    ok(prepare("kept", 1));
    assertThat(manifest("kept", "2-rollouts")).isEqualTo(rollouts);
    assertThat(half).doesNotExist();
    ok(SmallRun.arguments("prepare", settings("kept"), "--resume"));
    assertThat(temporary.resolve("kept/step-000001/1-prompts")).isDirectory();
    assertThat(temporary.resolve("kept/step-000001/2-rollouts")).doesNotExist();
  }

  @Test
  void withoutAStepAStageIsMadeAgain() throws IOException {
    ok(stages("prepare..rollout", "again", 1));
    for (String table : TABLES.subList(0, 2)) {
      assertThat(temporary.resolve("again/step-000001/" + table + ".json")).exists();
    }
    String rollouts = manifest("again", "2-rollouts");
    assertThat(said("rollout", "--run", run("again"))).isEmpty();
    assertThat(manifest("again", "2-rollouts")).isNotEqualTo(rollouts);
  }

  @Test
  void aStepThatIsNeitherCommittedNorTheNextIsRefused() throws IOException {
    for (String step : List.of("0", "4", "-1")) {
      refuses(
          "Invalid --step: %s (must be in [1, 3]: the next step of %s is 3)"
              .formatted(step, loop.root()),
          "rollout",
          "--run",
          run("loop"),
          "--step=" + step);
    }
    refuses(
        "Invalid --step: 2 (must be 1: there is no run in %s)".formatted(run("nowhere")),
        prepare("nowhere", 2));
    assertThat(temporary.resolve("nowhere")).doesNotExist();
  }

  @Test
  void rangesThatNameNoStagesAreRefusedWithAllOfThem() {
    for (String range :
        List.of("score..rollout", "..", "rollout..", "rollout...step", "commit", "a..b..c")) {
      refuses(
          "Invalid stages: %s (must be one of prepare, rollout, score, refill, weigh, batch, step, or FIRST..LAST of them in this order)"
              .formatted(range),
          "stages",
          range,
          "--run",
          run("loop"));
    }
  }

  @Test
  void optionsThatDoNotFitTheStagesAreRefused() {
    refuses(
        "Invalid --run: a (must not come with prepare, which takes --config, --data and --name)",
        "stages",
        "prepare..step",
        "--run",
        "a");
    refuses(
        "Missing --run (stages without prepare work on a run that is there)", "stages", "rollout");
    refuses(
        "Invalid --name, --set (must not come without prepare: the run has its settings)",
        "stages",
        "rollout",
        "--run",
        run("loop"),
        "--name",
        "a",
        "--set",
        "run.seed=2");
    refuses(
        "Invalid --from-step: 1 (must not come with --step, which may be repeated)",
        "prepare",
        "--name=a",
        "--resume",
        "--from-step=1",
        "--step=2");
  }

  @Test
  void aStartThatWasKilledIsMadeAgainAlsoForMoreSteps() throws IOException {
    ok(prepare("start", 1));
    Files.delete(temporary.resolve("start/step-000000/commit.json"));
    String[] longer =
        SmallRun.arguments("prepare", settings("start", "run.steps=5"), "--step", "1");
    ok(longer);
    assertThat(said(longer)).startsWith(kept("prepare", 1));
    ok("stages", "rollout..step", "--run", run("start"), "--step", "1");
    assertThat(SmallRun.checkpoints(SmallRun.folder(temporary, "start")))
        .isEqualTo(SmallRun.checkpoints(loop).subList(0, 2));
  }
}
