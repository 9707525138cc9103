package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run with three evaluation sets that keeps its best checkpoint and ends when its figure no
 * longer rises. The policy is never right, so the first evaluation stays the best.
 */
class EvaluatedRunTest {
  private static final String END =
      "complete after step 3 of 6: pass@1 of held has not risen above the 0.0000 of step 1 since (run.stop_when.patience is 2)";
  private static final String BEST =
      "The best pass@1 of held is 0.0000, after step 1, whose checkpoint is kept";

  @TempDir static Path temporary;
  private static CommandResult result;
  private static RunFolder run;

  private static List<String> settings(String name, String... more) throws IOException {
    Path heldOut = temporary.resolve("data/held-out.jsonl");
    Files.createDirectories(heldOut.getParent());
    Files.write(heldOut, new ArithmeticProblems(2).task(3, true));
    List<String> sets =
        SmallRun.settings(
            temporary,
            name,
            "run.steps=6",
            "run.keep_checkpoints=1",
            "run.keep_best.metric=pass@1",
            "run.stop_when.set=held",
            "run.stop_when.metric=pass@1",
            "run.stop_when.patience=2",
            "evaluate.every=1",
            "evaluate.folder=" + heldOut.getParent(),
            "evaluate.sets=["
                + "{name: held, path: held-out.jsonl, samples: 2},"
                + "{name: again, path: held-out.jsonl, samples: 2},"
                + "{name: greedy, path: held-out.jsonl, samples: 1, temperature: 0, examples: 2}]");
    sets.addAll(List.of(more));
    return sets;
  }

  @BeforeAll
  static void train() throws IOException {
    result = CommandResult.of(SmallRun.arguments("train", settings("run")));
    assertThat(result.err()).isEmpty();
    run = SmallRun.folder(temporary, "run");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<ScoreRow> scores(RunFolder of, long step, String set) {
    return Table.SCORES
        .collect(Table.SCORES.read(SmallRun.spark(), of.evaluation(step) + "/" + set + "/3-scores"))
        .stream()
        .sorted(Comparator.comparing(ScoreRow::exampleId).thenComparing(ScoreRow::sample))
        .toList();
  }

  private static List<String> answers(RunFolder of, long step, String set) {
    return scores(of, step, set).stream().map(ScoreRow::answer).toList();
  }

  @Test
  void theRunEndsWhenItsFigureHasNotRisenForThePatience() throws IOException {
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("The run is " + END).contains(BEST);
    assertThat(run.committedSteps()).containsExactly(0L, 1L, 2L, 3L);
    assertThat(Files.readString(SmallRun.local(run.report())))
        .contains("3 of 6 steps are committed. The run is " + END);
  }

  @Test
  void theBestCheckpointStaysBesideTheNewestAndOfEqualOnesTheEarliestIsTheBest()
      throws IOException {
    assertThat(names(temporary.resolve("run/checkpoints")))
        .containsExactly("step-000001", "step-000003");
  }

  @Test
  void aRunThatEndedEarlyIsCompleteOnResumeAndGoesOnWhenItsSettingsSaySo() throws IOException {
    RunFolder before = SmallRun.train(settings("longer"), false);
    CommandResult again =
        CommandResult.of(SmallRun.arguments("train", settings("longer"), "--resume"));
    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("The run is " + END).contains(BEST);
    assertThat(before.committedSteps()).hasSize(4);
    SmallRun.train(settings("longer", "run.stop_when.patience=3"), true);
    assertThat(before.committedSteps()).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(names(temporary.resolve("longer/checkpoints")))
        .containsExactly("step-000001", "step-000004");
  }

  @Test
  void aRunThatWasInterruptedEndsWhereTheOtherOneDoes() throws IOException {
    SmallRun.train(settings("resumed", "run.steps=2"), false);
    RunFolder resumed = SmallRun.train(settings("resumed"), true);
    assertThat(SmallRun.checkpoints(resumed)).isEqualTo(SmallRun.checkpoints(run));
    for (long step = 1; step <= 3; step++) {
      assertThat(SmallRun.rows(resumed, step, Table.EVALUATIONS))
          .isEqualTo(SmallRun.rows(run, step, Table.EVALUATIONS));
    }
  }

  @Test
  void everySetHasItsPromptsItsTablesAndItsFigures() throws IOException {
    assertThat(names(temporary.resolve("run/evaluation-prompts")))
        .containsExactly("again", "again.json", "greedy", "greedy.json", "held", "held.json");
    assertThat(run.readCommit(0).inputs()).containsKey("evaluation-prompts/held.json");
    assertThat(names(temporary.resolve("run/evaluations/step-000003")))
        .containsExactly("9-evaluations", "9-evaluations.json", "again", "greedy", "held");
    List<EvaluationRow> rows = SmallRun.rows(run, 3, Table.EVALUATIONS);
    assertThat(rows.stream().filter(row -> row.set().equals("held")).map(EvaluationRow::name))
        .containsExactly("pass@1", "pass@2", "mean@1", "mean@2", "maj@2", "log_p_hat");
    assertThat(rows.stream().filter(row -> row.set().equals("greedy")))
        .hasSize(3)
        .allMatch(row -> row.examples() == 2 && row.samples() == 1);
    assertThat(SmallRun.rows(run, 3, Table.METRICS).get(0).evalLogPHat())
        .isEqualTo(EvaluationRow.value(rows, "held", "log_p_hat").orElseThrow());
  }

  @Test
  void setsOfTheSameExamplesHaveDrawsOfTheirOwn() {
    assertThat(answers(run, 3, "held")).hasSize(6).isNotEqualTo(answers(run, 3, "again"));
  }

  @Test
  void theSameSetEvaluatedByTheCommandGivesTheSameRowsAndLeavesThoseOfTheTraining()
      throws IOException {
    CommandResult asked =
        CommandResult.of("evaluate", "--run", temporary.resolve("run").toString());
    assertThat(asked.err()).isEmpty();
    String figures = run.askedEvaluation(3) + "/9-evaluations";
    assertThat(asked.out()).contains("Tables: " + run.askedEvaluation(3));
    assertThat(Table.EVALUATIONS.collect(Table.EVALUATIONS.read(SmallRun.spark(), figures)))
        .isEqualTo(SmallRun.rows(run, 3, Table.EVALUATIONS));
  }

  @Test
  void aProtocolFileSaysOnWhatARunIsEvaluated() throws IOException {
    Path protocol = temporary.resolve("protocol.yaml");
    Files.writeString(
        protocol,
        "evaluate:\n  sets: [{name: qa, path: held-out.jsonl, verifier: substring_match, k: [4]}]\n");
    CommandResult asked =
        CommandResult.of(
            "evaluate",
            "--run",
            temporary.resolve("run").toString(),
            "--step",
            "1",
            "--config",
            protocol.toString());
    assertThat(asked.err()).isEmpty();
    assertThat(asked.out()).containsPattern("qa +all +maj@4 +").doesNotContain("held");
  }

  @Test
  void twoStepsAreComparedExampleByExample() throws IOException {
    CommandResult compared =
        CommandResult.of(
            "evaluate", "--run", temporary.resolve("run").toString(), "--against", "1");
    assertThat(compared.err()).isEmpty();
    assertThat(compared.out())
        .containsPattern("Set +Level +Figure +step 3 +step 1 +Difference +95 % interval +Examples")
        .containsPattern("held +all +pass@2 +0\\.0 % +0\\.0 % +0\\.0 % +0\\.0 % … 0\\.0 % +3")
        .contains(
            "held by maj@2: 0 right under step 3 alone; 0 right under step 1 alone; McNemar's exact p = 1.00")
        .contains("greedy by mean@1: 0 right under step 3 alone;");
    JsonNode json =
        new ObjectMapper()
            .readTree(
                temporary.resolve("run/evaluations-asked/step-000003/comparison.json").toFile());
    assertThat(json.at("/against").asText()).isEqualTo("step 1");
    assertThat(json.at("/sets/held/p_value").asDouble()).isEqualTo(1);
    assertThat(json.at("/sets/held/differences/0/metric").asText()).isEqualTo("pass@1");
    assertThat(json.at("/sets/held/differences/0/examples").asLong()).isEqualTo(3);
  }

  @Test
  void aRunIsComparedWithAnotherRunOfTheSameTokenizerOnly() throws IOException {
    String[] plain = {"run.steps=1", "evaluate.every=0"};
    List<String> off = new ArrayList<>(SmallRun.settings(temporary, "other", plain));
    RunFolder other = SmallRun.train(off, false);
    String against = other.root().toUri().getPath();
    String mine = temporary.resolve("run").toString();
    CommandResult compared = CommandResult.of("evaluate", "--run", mine, "--against", against);
    assertThat(compared.err()).isEmpty();
    assertThat(compared.out()).contains("right under " + against + " alone");
    Path written = temporary.resolve("run/evaluations-asked/step-000003/comparison.json");
    assertThat(written).exists();
    // One that is asked alone leaves no comparison that others could take for its own.
    assertThat(CommandResult.of("evaluate", "--run", mine).err()).isEmpty();
    assertThat(written).doesNotExist();
    compared = CommandResult.of("evaluate", "--run", mine, "--against", against + "@1");
    assertThat(compared.out()).contains("right under " + against + "@1 alone");
    CommandResult none = CommandResult.of("evaluate", "--run", mine, "--against", against + "@7");
    assertThat(none.err()).contains("step-000007");
    off.addAll(List.of("run.name=bytes", "model.tokenizer=bytes"));
    RunFolder bytes = SmallRun.train(off, false);
    CommandResult refused =
        CommandResult.of("evaluate", "--run", mine, "--against", bytes.root().toString());
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(refused.err().strip())
        .isEqualTo(
            "Invalid --against: %s (must have the tokenizer of %s, whose prompts both policies read)"
                .formatted(bytes.root(), run.root()));
  }

  @Test
  void aDamagedEvaluationDecidesNothing() throws IOException {
    Path table = temporary.resolve("run/evaluations/step-000002/9-evaluations");
    Path part = table.resolve(names(table).get(names(table).size() - 1));
    Path aside = temporary.resolve("aside");
    Files.move(part, aside);
    CommandResult refused =
        CommandResult.of(SmallRun.arguments("train", settings("run"), "--resume"));
    Files.move(aside, part);
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(refused.err().strip())
        .isEqualTo(
            "Invalid table %s/9-evaluations: its file %s is missing (restore it, or go back to a step before it by --resume --from-step)"
                .formatted(run.evaluation(2), part.getFileName()));
  }

  @Test
  void aVerifierOfASetThatThereIsNotIsRefusedBeforeThereIsAFolder() throws IOException {
    List<String> unknown =
        settings("unknown", "evaluate.sets=[{name: held, path: held-out.jsonl, verifier: numbr}]");
    CommandResult refused = CommandResult.of(SmallRun.arguments("train", unknown));
    assertThat(refused.err().strip())
        .isEqualTo("Invalid evaluate.sets[0].verifier: numbr (did you mean number?)");
    assertThat(temporary.resolve("unknown")).doesNotExist();
  }
}
