package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run is made of is what it was when it was written, or the run says so and stops. */
class HeldTablesTest {
  @TempDir Path temporary;
  private RunFolder run;

  @BeforeEach
  void prepare() throws IOException {
    ok(SmallRun.arguments("prepare", SmallRun.settings(temporary, "run")));
    run = SmallRun.folder(temporary, "run");
  }

  @Test
  void aPartOfThePromptsThatIsGoneIsMissed() throws IOException {
    Path part = part(run.prompts());
    Files.delete(part);
    refuses(
        "Invalid table %s: its file %s is missing (it was made when the run began: restore it, or start another run)"
            .formatted(run.prompts(), part.getFileName()),
        SmallRun.arguments("prepare", SmallRun.settings(temporary, "run"), "--resume"));
  }

  @Test
  void aManifestOfOtherPromptsIsNoticed() throws IOException {
    Path manifest = temporary.resolve("run/prompts.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"rows\" : 12", "\"rows\" : 11"));
    refuses(
        "Invalid file of the run: %s/prompts.json (was changed since the run began: restore it, or start another run)"
            .formatted(run.root()),
        "rollout",
        "--run",
        folder());
  }

  @Test
  void anEditedModelConfigurationIsNoticed() throws IOException {
    Path config = SmallRun.local(run.model()).resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replaceFirst("\"rope_theta\" *: *[0-9.]+", "\"rope_theta\": 5.0"));
    refuses(
        "Invalid file of the run: %s/config.json (was changed since the run began: restore it, or start another run)"
            .formatted(run.model()),
        "rollout",
        "--run",
        folder());
  }

  @Test
  void aModelFolderThatIsGoneIsMissed() throws IOException {
    run.fileSystem().delete(run.model(), true);
    CommandResult result = CommandResult.of("rollout", "--run", folder());
    assertThat(result.err().lines())
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.startsWith("Invalid file of the run: " + run.model() + "/"))
        .allMatch(line -> line.contains("(was removed since the run began: "));
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void aPartOfTheOpenStepsRolloutsThatIsGoneOrAddedIsNoticed() throws IOException {
    ok("rollout", "--run", folder());
    Path part = part(run.table(1, "2-rollouts"));
    Path added = part.resolveSibling("part-99999.parquet");
    Files.copy(part, added);
    refuses(
        "Invalid table %s: its file part-99999.parquet was added (run the stage that writes it: rollout)"
            .formatted(run.table(1, "2-rollouts")),
        "score",
        "--run",
        folder());
    Files.delete(added);
    Files.delete(part);
    refuses(
        "Invalid table %s: its file %s is missing (run the stage that writes it: rollout)"
            .formatted(run.table(1, "2-rollouts"), part.getFileName()),
        "score",
        "--run",
        folder());
  }

  @Test
  void aTableThatIsShorterOrOtherThanItWasNamesTheStageToRepeat() throws IOException {
    ok("rollout", "--run", folder());
    Path part = part(run.table(1, "2-rollouts"));
    byte[] whole = Files.readAllBytes(part);
    Files.write(part, Arrays.copyOf(whole, whole.length - 9));
    refuses(
        "Invalid table %s: its file %s has %d bytes, not %d (run the stage that writes it: rollout)"
            .formatted(
                run.table(1, "2-rollouts"), part.getFileName(), whole.length - 9, whole.length),
        "score",
        "--run",
        folder());
    whole[whole.length / 2] ^= 1;
    Files.write(part, whole);
    refuses(
        "Invalid table %s: its file %s was changed (run the stage that writes it: rollout)"
            .formatted(run.table(1, "2-rollouts"), part.getFileName()),
        "score",
        "--run",
        folder());
  }

  @Test
  void batchesThatAreOlderThanTheRolloutsAreNotTrainedOn() throws IOException {
    for (String stage : List.of("rollout", "score", "weigh", "batch", "rollout")) {
      ok(stage, "--run", folder());
    }
    refuses(
        "Invalid table %s: what it was made from was written anew since (run the stage that writes it: batch)"
            .formatted(run.table(1, "5-batches")),
        "step",
        "--run",
        folder());
    refuses(
        "Invalid table %s: what it was made from was written anew since (run the stage that writes it: score)"
            .formatted(run.table(1, "3-scores")),
        "batch",
        "--run",
        folder());
    for (String stage : List.of("score", "weigh", "batch", "step")) {
      ok(stage, "--run", folder());
    }
    assertThat(run.committedSteps()).containsExactly(0L, 1L);
  }

  @Test
  void batchesOfWhichTheStageFailedAreNotTrainedOn() throws IOException {
    for (String stage : List.of("rollout", "score", "weigh", "batch")) {
      ok(stage, "--run", folder());
    }
    // As a stage leaves it that was killed while it wrote.
    Files.delete(SmallRun.local(run.table(1, "5-batches")).resolveSibling("5-batches.json"));
    refuses(
        "Invalid table %s: it is not whole (5-batches.json is missing) (run the stage that writes it: batch)"
            .formatted(run.table(1, "5-batches")),
        "step",
        "--run",
        folder());
  }

  @Test
  void aReferencePolicyThatWasChangedIsNotComparedWith() throws IOException {
    RunFolder trained =
        SmallRun.train(
            SmallRun.settings(temporary, "kl", "objective.kl=0.1", "run.steps=1"), false);
    Path slice = SmallRun.local(trained.slice(0, 1, 3));
    byte[] content = Files.readAllBytes(slice);
    content[content.length - 1] ^= 1;
    Files.write(slice, content);
    refuses(
        "Invalid checkpoint file: %s (is damaged: its SHA-256 is not %s)"
            .formatted(trained.slice(0, 1, 3), trained.readCommit(0).checkpoint().get(1).sha256()),
        SmallRun.arguments(
            "train",
            SmallRun.settings(temporary, "kl", "objective.kl=0.1", "run.steps=2"),
            "--resume"));
    refuses(
        "Invalid checkpoint file: %s (is damaged: its SHA-256 is not %s)"
            .formatted(trained.slice(0, 1, 3), trained.readCommit(0).checkpoint().get(1).sha256()),
        "evaluate",
        "--run",
        temporary.resolve("kl").toString(),
        "--step",
        "0",
        "--data",
        temporary.resolve("problems.jsonl").toString());
    assertThat(trained.committedSteps()).containsExactly(0L, 1L);
  }

  private String folder() {
    return temporary.resolve("run").toString();
  }

  private static Path part(org.apache.hadoop.fs.Path table) throws IOException {
    try (Stream<Path> files = Files.list(SmallRun.local(table))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .sorted()
          .toList()
          .get(0);
    }
  }
}
