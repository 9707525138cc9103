package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.RunFolder;
import dev.kindling.row.BatchRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that sample further prompts in place of those whose rewards are all equal. */
class RefillRunTest {
  private static final int WANTED = 3;
  private static final int STEPS = 2;

  @TempDir static Path temporary;
  private static RunFolder loop;

  @BeforeAll
  static void train() throws IOException {
    loop = SmallRun.train(settings("loop"), false);
  }

  /** GRPO with refill on problems of which every other one is never solved. */
  private static List<String> settings(String name, String... more) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String answer = i % 2 == 0 ? "7777777" : String.valueOf(i / 2 % 10);
      lines.add(
          "{\"id\":\"p%02d\",\"prompt\":\"1+%d?\",\"answer\":\"%s\",\"verifier\":\"substring_match\"}"
              .formatted(i, i, answer));
    }
    Path problems = temporary.resolve("every-other.jsonl");
    Files.write(problems, lines);
    List<String> settings =
        SmallRun.settings(
            temporary,
            name,
            "data.path=" + problems,
            "run.steps=" + STEPS,
            "sampler.prompts_per_step=" + WANTED,
            "objective.name=grpo",
            "objective.success=verified",
            "objective.dynamic_sampling.max_rounds=10");
    settings.addAll(Arrays.asList(more));
    return settings;
  }

  private static MetricsRow metrics(RunFolder run, long step) throws IOException {
    return SmallRun.rows(run, step, Table.METRICS).get(0);
  }

  /** The examples of a step in prompt order. */
  private static List<PromptRow> prompts(RunFolder run, long step) throws IOException {
    return SmallRun.rows(run, step, Table.PROMPTS).stream()
        .sorted(Comparator.comparingLong(PromptRow::position))
        .toList();
  }

  /** The examples of a step whose rewards differ. */
  private static Set<String> informative(RunFolder run, long step) throws IOException {
    Map<String, List<ScoreRow>> groups =
        SmallRun.rows(run, step, Table.SCORES).stream()
            .collect(Collectors.groupingBy(ScoreRow::exampleId));
    Predicate<List<ScoreRow>> differ =
        group -> group.stream().map(ScoreRow::reward).distinct().count() > 1;
    return groups.entrySet().stream()
        .filter(group -> differ.test(group.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Test
  void roundsGoOnUntilAsManyGroupsDifferAsTheBatchShallHave() throws IOException {
    for (long step = 1; step <= STEPS; step++) {
      List<PromptRow> prompts = prompts(loop, step);
      Set<String> informative = informative(loop, step);
      int rounds = loop.tables(step, "3-scores").size();
      assertThat(rounds).isGreaterThan(1);
      assertThat(informative).hasSizeGreaterThanOrEqualTo(WANTED);
      // Without the last round too few differed, or it would not have been made.
      Set<String> ofLastRound =
          Table.PROMPTS
              .collect(
                  Table.PROMPTS.read(
                      SmallRun.spark(), loop.table(step, rounds - 1, "1-prompts").toString()))
              .stream()
              .map(PromptRow::exampleId)
              .collect(Collectors.toSet());
      assertThat(informative.stream().filter(id -> !ofLastRound.contains(id)).count())
          .isLessThan(WANTED);
      List<String> batch =
          prompts.stream()
              .map(PromptRow::exampleId)
              .filter(informative::contains)
              .limit(WANTED)
              .toList();
      assertThat(SmallRun.rows(loop, step, Table.BATCHES).stream().map(BatchRow::exampleId))
          .containsOnly(batch.toArray(new String[0]));
      MetricsRow metrics = metrics(loop, step);
      assertThat(metrics.rounds()).isEqualTo(rounds);
      assertThat(metrics.prompts()).isEqualTo(prompts.size());
      assertThat(metrics.promptsDropped()).isEqualTo(prompts.size() - WANTED);
      assertThat(metrics.rows()).isEqualTo(WANTED * SmallRun.SAMPLES);
      assertThat(metrics.secondsRefill()).isPositive();
    }
  }

  @Test
  void theNextStepBeginsBehindTheLastPromptThatWasDrawn() throws IOException {
    List<Long> places = new ArrayList<>();
    for (long step = 1; step <= STEPS; step++) {
      prompts(loop, step).forEach(prompt -> places.add(prompt.position()));
      assertThat(loop.readCommit(step).position()).isEqualTo(places.size());
      assertThat(loop.readCommit(step).rows())
          .containsEntry("1-prompts", (long) prompts(loop, step).size())
          .containsEntry("3-scores", (long) SmallRun.SAMPLES * prompts(loop, step).size());
    }
    assertThat(places).isEqualTo(LongStream.range(0, places.size()).boxed().toList());
  }

  @Test
  void stagesOneByOneMakeTheRunThatTheLoopMakesAlsoWhenARefillWasKilled() throws IOException {
    String folder = temporary.resolve("stages").toString();
    for (int step = 1; step <= STEPS; step++) {
      ok(SmallRun.arguments("prepare", settings("stages"), "--resume"));
      for (String stage : List.of("rollout", "score", "refill")) {
        ok(stage, "--run", folder);
      }
      RunFolder run = SmallRun.folder(temporary, "stages");
      killInTheMiddleOfTheRefill(run, step);
      // Going on from an earlier stage makes what the refill left void.
      List<String> again = step == 1 ? List.of("refill") : List.of("rollout", "score", "refill");
      for (String stage : again) {
        ok(stage, "--run", folder);
      }
      for (String stage : List.of("weigh", "batch", "step")) {
        ok(stage, "--run", folder);
      }
    }
    assertEqualToTheLoop(SmallRun.folder(temporary, "stages"));
  }

  @Test
  void aRefillThatWasKilledBetweenItsRoundsIsNotWeighed() throws IOException {
    String folder = temporary.resolve("between").toString();
    ok(SmallRun.arguments("stages", settings("between"), "prepare..score", "--step=1"));
    RunFolder run = SmallRun.folder(temporary, "between");
    String message =
        "Missing table %s: too few prompts of step 1 have rewards that differ yet (run the stage that writes it: refill)";
    refuses(message.formatted(run.table(1, 1, "3-scores")), "weigh", "--run", folder, "--step=1");
    ok("refill", "--run", folder, "--step=1");
    int rounds = run.tables(1, "3-scores").size();
    assertThat(rounds).isGreaterThan(1);
    CommandResult again = CommandResult.of("refill", "--run", folder, "--step=1");
    assertThat(again.out()).startsWith("Kept what refill of step 1 has finished ");
    // Its last round had only its prompts.
    Path last = SmallRun.local(run.table(1, rounds - 1, "3-scores"));
    run.fileSystem().delete(run.table(1, rounds - 1, "3-scores"), true);
    Files.delete(last.resolveSibling("3-scores.json"));
    refuses(
        message.formatted(run.table(1, rounds - 1, "3-scores")),
        "stages",
        "weigh..step",
        "--run",
        folder,
        "--step=1");
    ok("stages", "rollout..step", "--run", folder, "--step=1");
    ok(SmallRun.arguments("stages", settings("between"), "prepare..step", "--step=2"));
    assertEqualToTheLoop(run);
  }

  /** Leaves half a table in the first further round, and a later one whole. */
  private static void killInTheMiddleOfTheRefill(RunFolder run, long step) throws IOException {
    Path scores = SmallRun.local(run.table(step, 1, "3-scores"));
    try (var files = Files.list(scores)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.writeString(scores.resolve("part-0-half.parquet"), "half");
    Path later = SmallRun.local(run.table(step, 9, "3-scores"));
    Files.createDirectories(later);
    Files.writeString(later.resolve("part-0.parquet"), "of a try that sampled more");
  }

  private static void assertEqualToTheLoop(RunFolder run) throws IOException {
    assertThat(SmallRun.checkpoints(run)).hasSize(STEPS + 1).isEqualTo(SmallRun.checkpoints(loop));
    for (long step = 1; step <= STEPS; step++) {
      assertThat(SmallRun.tables(run, step)).isEqualTo(SmallRun.tables(loop, step));
      assertThat(run.readCommit(step).rows()).isEqualTo(loop.readCommit(step).rows());
      assertThat(run.readCommit(step).position()).isEqualTo(loop.readCommit(step).position());
    }
  }

  @Test
  void roundsEndAtTheirBoundAndAStepWithoutContrastLeavesThePolicyAsItIs() throws IOException {
    Path problems = temporary.resolve("hard.jsonl");
    List<String> hard = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      hard.add("{\"id\":\"h%d\",\"prompt\":\"1+%d?\",\"answer\":\"7777777\"}".formatted(i, i));
    }
    Files.write(problems, hard);
    RunFolder run =
        SmallRun.train(
            settings(
                "hard",
                "run.steps=1",
                "data.path=" + problems,
                "objective.dynamic_sampling.max_rounds=3"),
            false);
    MetricsRow metrics = metrics(run, 1);
    assertThat(metrics.rounds()).isEqualTo(3);
    assertThat(metrics.prompts()).isEqualTo(3 * WANTED);
    assertThat(metrics.promptsDropped()).isEqualTo(3 * WANTED);
    assertThat(metrics.rows()).isZero();
    assertThat(run.readCommit(1).position()).isEqualTo(3 * WANTED);
    for (int slice = 0; slice < 3; slice++) {
      assertThat(parameters(run, 1, slice)).isEqualTo(parameters(run, 0, slice));
    }
    // With a bound that cannot be met a step takes every example once, and no more.
    RunFolder all = SmallRun.train(settings("all", "run.steps=1", "data.path=" + problems), false);
    assertThat(metrics(all, 1).rounds()).isEqualTo(4);
    assertThat(metrics(all, 1).prompts()).isEqualTo(12);
  }

  private static float[] parameters(RunFolder run, long step, int slice) throws IOException {
    return CheckpointSlice.read(run.fileSystem(), run.slice(step, slice, 3)).parameters();
  }
}
