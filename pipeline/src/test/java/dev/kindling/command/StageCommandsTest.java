package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.YamlText;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.FaultyFileSystem;
import dev.kindling.io.RunFolder;
import dev.kindling.io.UserPath;
import dev.kindling.row.Table;
import dev.kindling.run.Run;
import dev.kindling.run.RunModel;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that calls the stages one by one makes the run that {@code train} makes. */
class StageCommandsTest {
  @TempDir static Path temporary;
  private static RunFolder loop;

  @BeforeAll
  static void runTheLoop() throws IOException {
    loop = SmallRun.train(SmallRun.settings(temporary, "loop", "run.steps=2"), false);
  }

  @Test
  void stagesOneByOneMakeTheRunThatTheLoopMakes() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "stages", "run.steps=2");
    String folder = temporary.resolve("stages").toString();
    for (int step = 1; step <= 2; step++) {
      String[] resume = step == 1 ? new String[0] : new String[] {"--resume"};
      ok(SmallRun.arguments("prepare", settings, resume));
      for (String stage : List.of("rollout", "score", "weigh", "batch", "step")) {
        ok(stage, "--run", folder);
      }
    }
    RunFolder stages = SmallRun.folder(temporary, "stages");
    assertThat(SmallRun.checkpoints(stages)).hasSize(3).isEqualTo(SmallRun.checkpoints(loop));
    assertThat(SmallRun.tables(stages, 2)).isEqualTo(SmallRun.tables(loop, 2));
    assertThat(stages.readCommit(2).rows()).isEqualTo(loop.readCommit(2).rows());
    // The loop's driver holds the rows of its small steps and writes them; a stage has files alone.
    for (Table<?> table : List.of(Table.ROLLOUTS, Table.SCORES, Table.WEIGHTS, Table.BATCHES)) {
      assertThat(parts(loop, table)).as(table.name()).containsExactly("part-00000.zstd.parquet");
      assertThat(parts(stages, table)).as(table.name()).doesNotContain("part-00000.zstd.parquet");
    }
    // What one process knows of another's wall time is nothing.
    assertThat(SmallRun.rows(stages, 2, Table.METRICS).get(0).secondsRollout()).isNull();
    assertThat(SmallRun.rows(loop, 2, Table.METRICS).get(0).secondsRollout()).isPositive();
  }

  private static List<String> parts(RunFolder run, Table<?> table) throws IOException {
    try (Stream<Path> files = Files.list(SmallRun.local(run.table(2, table.name())))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("part-"))
          .toList();
    }
  }

  @Test
  void aStageWithoutTheTableBeforeItIsRefusedByThatTablesName() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "early");
    ok(SmallRun.arguments("prepare", settings));
    CommandResult result =
        CommandResult.of("score", "--run", temporary.resolve("early").toString());
    assertThat(result.err().strip())
        .isEqualTo(
            "Missing table %s (run the stage that writes it: rollout)"
                .formatted(SmallRun.folder(temporary, "early").table(1, "2-rollouts")));
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void aTableThatTheFileSystemTellsNothingOfIsNotTheUsersMistake() throws IOException {
    Configuration conf =
        Configuration.load(List.of(new YamlText("config.yaml", loop.readConfig())), List.of());
    RunFolder folder =
        RunFolder.open(
            FaultyFileSystem.withoutAnswerAbout("2-rollouts.json"),
            UserPath.of(temporary.toString(), "loop"));
    RunModel model = RunModel.read(loop, conf);
    try (Run run =
        new Run(SmallRun.spark(), folder, Optional.empty(), conf, model, 3, Map.of(), "test")) {
      assertThat(run.read(1, Table.PROMPTS).count()).isPositive();
      assertThatThrownBy(() -> run.read(1, Table.ROLLOUTS))
          .isInstanceOf(ConnectException.class)
          .hasMessage("Connection refused");
    }
  }

  @Test
  void aStageOfARunThatIsNotThereIsRefused() {
    CommandResult result =
        CommandResult.of("weigh", "--run", temporary.resolve("nowhere").toString());
    assertThat(result.err())
        .startsWith("No run in ")
        .contains("nowhere (config.yaml is missing; start it without --resume)");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void theDocumentedQueryRecomputesTheWeightsOfARun() throws IOException {
    String scores = loop.table(1, "3-scores").toString();
    SmallRun.spark().read().parquet(scores).createOrReplaceTempView("scores");
    String weights = loop.table(1, "4-weights").toString();
    SmallRun.spark().read().parquet(weights).createOrReplaceTempView("weights");
    Table.CARRIED.of(SmallRun.spark(), List.of()).createOrReplaceTempView("carried");
    String query = Files.readString(Path.of("..", "docs", "audit.sql"));
    assertThat(query).contains("17 AS seed", "'likelihood' AS success");
    List<String> recomputed = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    SmallRun.spark()
        .sql(query)
        .select("example_id", "sample", "log_p_hat", "garl_rationale_coef", "garl_answer_coef")
        .collectAsList()
        .forEach(
            row -> {
              recomputed.add(row.getString(0) + " " + row.getInt(1));
              for (int column = 2; column < 5; column++) {
                values.add(row.getDouble(column));
              }
            });
    List<String> stored = new ArrayList<>();
    List<Double> expected = new ArrayList<>();
    SmallRun.rows(loop, 1, Table.WEIGHTS).stream()
        .sorted((a, b) -> a.exampleId().compareTo(b.exampleId()))
        .forEach(
            row -> {
              for (int m = 0; m < row.rollouts(); m++) {
                stored.add(row.exampleId() + " " + row.samples()[m]);
                expected.add(row.logPHat());
                expected.add(row.rationaleCoefs()[m]);
                expected.add(row.answerCoefs()[m]);
              }
            });
    assertThat(recomputed).hasSize(16).isEqualTo(stored);
    for (int i = 0; i < values.size(); i++) {
      // Each value beside the effective weight of its sample, which a difference is made of.
      double size = Math.abs(expected.get(i % 3 == 1 ? i + 1 : i));
      assertThat(values.get(i)).isCloseTo(expected.get(i), within(1e-9 * size));
    }
  }

  @Test
  void evaluatingTheFirstPolicyPrintsItsFiguresAndKeepsItsTables() throws IOException {
    Path heldOut = temporary.resolve("held-out.jsonl");
    Files.write(heldOut, new ArithmeticProblems(2).task(3, true));
    CommandResult result =
        CommandResult.of(
            "evaluate",
            "--run",
            temporary.resolve("loop").toString(),
            "--step",
            "0",
            "--data",
            heldOut.toString(),
            "--set",
            "evaluate.samples=2",
            "--set",
            "evaluate.k=[1,2]");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern("eval +all +pass@2 +0\\.0 % +0\\.0 % … 0\\.0 % +3 +2\n")
        .containsPattern("eval +all +mean@1 +0\\.0 %")
        .containsPattern("eval +all +maj@2 +0\\.0 %")
        .containsPattern("eval +all +log_p_hat +-[0-9.]+ +-[0-9.]+ … -[0-9.]+ +3 +2\n")
        .contains("Tables: " + loop.askedEvaluation(0));
    assertThat(
            Table.ROLLOUTS
                .read(SmallRun.spark(), loop.askedEvaluation(0) + "/eval/2-rollouts")
                .where("policy_version = 0")
                .count())
        .isEqualTo(3 * 2);
  }
}
