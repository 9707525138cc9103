package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.RunFolder;
import dev.kindling.io.StoredFile;
import dev.kindling.row.StepRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was stopped anywhere and gone on with is the run that was never stopped. */
class ResumeTest {
  private static final String NAME = "run";

  @TempDir static Path temporary;
  private static RunFolder uninterrupted;
  private static List<List<StoredFile>> checkpoints;

  @BeforeAll
  static void runWithoutAStop() throws IOException {
    uninterrupted = SmallRun.train(SmallRun.settings(temporary, NAME), false);
    checkpoints = SmallRun.checkpoints(uninterrupted);
    assertThat(checkpoints).hasSize(4);
  }

  @Test
  void halfACheckpointAndMetricsWithoutACommitAreRemovedAndMadeAgain() throws IOException {
    RunFolder run = stoppedAfter("6-step");
    Path slice = SmallRun.local(run.slice(2, 0, 3));
    Files.createDirectories(slice.getParent());
    Files.write(slice, new byte[100]);
    Path metrics = SmallRun.local(run.metrics(2)).resolve("part-0.parquet");
    Files.createDirectories(metrics.getParent());
    Files.writeString(metrics, "half");

    RunFolder resumed = SmallRun.train(settingsOf(run), true);

    assertThat(metrics).doesNotExist();
    assertEqualSteps(resumed, 3);
  }

  @Test
  void estimatesCarriedAcrossStepsAndAdaptiveExponentsSurviveAStop() throws IOException {
    Path parent = Files.createDirectory(temporary.resolve("carried"));
    // Step 2 visits four examples for the first time and four for the second.
    String[] settings = {
      "run.steps=2",
      "sampler.prompts_per_step=8",
      "objective.carry=0.5",
      "objective.q=1",
      "objective.schedule.shape=adaptive"
    };
    RunFolder whole = SmallRun.train(SmallRun.settings(parent, NAME, settings), false);
    RunFolder stopped = stoppedAfter(whole, "4-weights");
    Path half = SmallRun.local(stopped.table(2, "4-carried")).resolve("part-99999-half.parquet");
    Files.writeString(half, "half");
    List<String> resumed = SmallRun.settings(parent, NAME, settings);
    resumed.add("run.folder=" + SmallRun.local(stopped.root()).getParent());
    SmallRun.train(resumed, true);

    assertThat(SmallRun.checkpoints(stopped)).hasSize(3).isEqualTo(SmallRun.checkpoints(whole));
    assertThat(SmallRun.tables(stopped, 2))
        .containsKey("4-carried")
        .isEqualTo(SmallRun.tables(whole, 2));
    // Four samples of each visit, the first visit's at half their weight.
    assertThat(SmallRun.rows(stopped, 2, Table.WEIGHTS))
        .extracting(WeightRow::carriedCount)
        .containsExactlyInAnyOrder(4.0, 4.0, 4.0, 4.0, 6.0, 6.0, 6.0, 6.0);
    assertThat(SmallRun.rows(stopped, 2, Table.WEIGHTS).stream().map(WeightRow::q).distinct())
        .hasSizeGreaterThan(4);
  }

  @Test
  void plainGradientDescentSurvivesAStopAndHasNoMoments() throws IOException {
    Path parent = Files.createDirectory(temporary.resolve("sgd"));
    String[] settings = {"run.steps=2", "trainer.optimizer=sgd", "trainer.weight_decay=0.1"};
    RunFolder whole = SmallRun.train(SmallRun.settings(parent, NAME, settings), false);
    RunFolder stopped = stoppedAfter(whole, "5-batches");
    List<String> resumed = SmallRun.settings(parent, NAME, settings);
    resumed.add("run.folder=" + SmallRun.local(stopped.root()).getParent());
    SmallRun.train(resumed, true);

    assertThat(SmallRun.checkpoints(stopped)).hasSize(3).isEqualTo(SmallRun.checkpoints(whole));
    CheckpointSlice first = slice(stopped, 0);
    CheckpointSlice last = slice(stopped, 2);
    assertThat(last.parameters()).isNotEqualTo(first.parameters());
    assertThat(last.firstMoment()).containsOnly(0);
    assertThat(last.secondMoment()).containsOnly(0);
  }

  private static CheckpointSlice slice(RunFolder run, long step) throws IOException {
    return CheckpointSlice.read(run.fileSystem(), run.slice(step, 0, 3));
  }

  @Test
  void aFinishedRunIsLeftAsItIs() throws IOException {
    List<String> settings = SmallRun.settings(temporary, NAME);
    Path commit = SmallRun.local(uninterrupted.commit(3));
    String before = Files.readString(commit);
    SmallRun.train(settings, true);
    assertThat(Files.readString(commit)).isEqualTo(before);
    assertThat(uninterrupted.committedSteps()).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void aRunThatIsMadeLongerKeepsTheCourseOfItsLearningRate() throws IOException {
    Path parent = Files.createDirectory(temporary.resolve("longer"));
    List<String> settings =
        SmallRun.settings(
            parent,
            NAME,
            "run.steps=2",
            "trainer.updates_per_step=1",
            "trainer.learning_rate=1e-3",
            "trainer.schedule=linear",
            "trainer.final_share=0.1");
    SmallRun.train(settings, false);
    settings.add("run.steps=3");
    RunFolder run = SmallRun.train(settings, true);
    assertThat(learningRates(run, 3)).containsExactly(1e-3, 1e-4, 1e-4);
    settings.add("run.steps=4");
    settings.add("trainer.total_updates=6");
    SmallRun.train(settings, true);
    // Three fifths of the way down from 1e-3 to 1e-4.
    assertThat(learningRates(run, 4).get(3)).isCloseTo(4.6e-4, within(1e-12));
  }

  private static List<Double> learningRates(RunFolder run, long steps) throws IOException {
    List<Double> rates = new ArrayList<>();
    for (long step = 1; step <= steps; step++) {
      for (StepRow row : SmallRun.rows(run, step, Table.STEP)) {
        rates.add(row.learningRate());
      }
    }
    return rates;
  }

  @Test
  void aConfigurationThatWasEditedIsRefusedEvenWithTheSameSettingsGiven() throws IOException {
    RunFolder run = stoppedAfter("1-prompts");
    Path config = SmallRun.local(run.config());
    String edited = Files.readString(config).replace("learning_rate: 0.01", "learning_rate: 0.5");
    assertThat(edited).contains("learning_rate: 0.5");
    Files.writeString(config, edited);
    List<String> settings = settingsOf(run);
    settings.add("trainer.learning_rate=0.5");
    String rule = "it was changed since the run began (must have SHA-256 ";
    CommandResult resumed = CommandResult.of(SmallRun.arguments("train", settings, "--resume"));
    assertThat(resumed.err()).startsWith("Invalid " + run.config() + ": " + rule);
    assertThat(resumed.code()).isEqualTo(Main.USERS_MISTAKE);
    String folder = SmallRun.local(run.root()).toString();
    CommandResult stage = CommandResult.of("rollout", "--run", folder);
    assertThat(stage.err()).isEqualTo(resumed.err());
    assertThat(run.committedSteps()).containsExactly(0L, 1L);
  }

  @Test
  void changedSettingsAreRefusedByName() throws IOException {
    CommandResult result =
        CommandResult.of(
            SmallRun.arguments(
                "train",
                SmallRun.settings(temporary, NAME, "sampler.samples=8", "trainer.clip_norm=2"),
                "--resume"));
    assertThat(result.err())
        .isEqualToNormalizingNewlines(
            """
            Invalid sampler.samples: 8 (the run was started with 4: resume with that, or start another by --name)
            Invalid trainer.clip_norm: 2.0 (the run was started with 1.0: resume with that, or start another by --name)
            """);
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void startingAgainWithoutResumeIsRefusedWithTheTwoWaysOut() throws IOException {
    CommandResult result =
        CommandResult.of(SmallRun.arguments("train", SmallRun.settings(temporary, NAME)));
    assertThat(result.err().strip())
        .startsWith("Run folder ")
        .endsWith("run exists (pass --resume to go on with it, or another --name)");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  /** What the run's folder holds when its driver dies after a stage of step 2, in a folder anew. */
  private static RunFolder stoppedAfter(String lastTable) throws IOException {
    return stoppedAfter(uninterrupted, lastTable);
  }

  private static RunFolder stoppedAfter(RunFolder whole, String lastTable) throws IOException {
    Path parent = Files.createTempDirectory(temporary, "stopped");
    Path source = SmallRun.local(whole.root());
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        String name = source.relativize(file).toString();
        boolean later =
            name.matches(
                "(.*/)?step-000003.*|(checkpoints|metrics)/step-000002.*|.*-000002/.?commit.*");
        later |= name.compareTo("step-000002/" + lastTable + "~") > 0 && name.contains("-000002/");
        if (!later) {
          Files.copy(file, parent.resolve(NAME).resolve(name));
        }
      }
    }
    RunFolder run = SmallRun.folder(parent, NAME);
    assertThat(run.committedSteps()).containsExactly(0L, 1L);
    assertThat(SmallRun.local(run.table(2, lastTable))).isNotEmptyDirectory();
    return run;
  }

  private static List<String> settingsOf(RunFolder run) throws IOException {
    return SmallRun.settings(
        temporary, NAME, "run.folder=" + SmallRun.local(run.root()).getParent());
  }

  private static void assertEqualSteps(RunFolder run, int steps) throws IOException {
    assertThat(SmallRun.checkpoints(run)).isEqualTo(checkpoints.subList(0, steps + 1));
    for (long step = 2; step <= steps; step++) {
      assertThat(SmallRun.tables(run, step)).isEqualTo(SmallRun.tables(uninterrupted, step));
      assertThat(run.readCommit(step).rows()).isEqualTo(uninterrupted.readCommit(step).rows());
    }
  }
}
