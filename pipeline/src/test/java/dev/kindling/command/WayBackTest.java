package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.io.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with a damaged step is refused with the command that goes back, and that command works. */
class WayBackTest {
  @TempDir static Path temporary;
  private static RunFolder sound;
  private static List<List<StoredFile>> checkpoints;

  @BeforeAll
  static void runWithoutDamage() throws IOException {
    sound = SmallRun.train(SmallRun.settings(temporary, "run"), false);
    checkpoints = SmallRun.checkpoints(sound);
  }

  @Test
  void aFlippedBitInTheNewestCheckpointLeadsBackToTheOneBefore() throws IOException {
    RunFolder run = copy();
    Path slice = SmallRun.local(run.slice(3, 2, 3));
    byte[] content = Files.readAllBytes(slice);
    content[content.length - 1] ^= 1;
    Files.write(slice, content);
    assertRefusedAndLedBack(
        run,
        2,
        "Invalid checkpoint file: %s (is damaged: its SHA-256 is not %s)"
            .formatted(run.slice(3, 2, 3), checkpoints.get(3).get(2).sha256()));
  }

  @Test
  void aCheckpointThatIsGoneLeadsBackToTheOneBefore() throws IOException {
    RunFolder run = copy();
    run.fileSystem().delete(run.checkpoint(3), true);
    assertRefusedAndLedBack(
        run,
        2,
        "Invalid checkpoint file: %s (is missing)".formatted(run.slice(3, 0, 3)),
        "Invalid checkpoint file: %s (is missing)".formatted(run.slice(3, 1, 3)),
        "Invalid checkpoint file: %s (is missing)".formatted(run.slice(3, 2, 3)));
  }

  @Test
  void aDamagedCommitOfAnEarlierStepIsNoticedAndLedBackFrom() throws IOException {
    RunFolder run = copy();
    Path commit = SmallRun.local(run.commit(1));
    Files.writeString(
        commit, Files.readString(commit).replace("\"position\" : 4", "\"position\" : 8"));
    assertRefusedAndLedBack(
        run,
        0,
        "Cannot read %s: its digest does not match its content, it is damaged"
            .formatted(run.commit(1)));
  }

  @Test
  void aMissingCommitInTheMiddleIsLedBackFrom() throws IOException {
    RunFolder run = copy();
    run.fileSystem().delete(run.commit(2), false);
    assertRefusedAndLedBack(
        run, 1, "Missing %s though step 3 is committed".formatted(run.commit(2)));
  }

  @Test
  void aRunWithoutItsFirstStepHasNoWayBack() throws IOException {
    RunFolder run = copy();
    run.fileSystem().delete(run.commit(0).getParent(), true);
    CommandResult refused = resume(run);
    assertThat(refused.err().lines())
        .containsExactly(
            "Missing %s though step 1 is committed".formatted(run.commit(0)),
            "No step of the run is whole with its checkpoint (start another run by --name)");
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void onlyAWholeStepIsGoneBackTo() throws IOException {
    RunFolder run = copy();
    run.fileSystem().delete(run.checkpoint(1), true);
    for (String step : List.of("1", "4", "-1")) {
      CommandResult refused = resume(run, "--from-step=" + step);
      assertThat(refused.err().strip())
          .isEqualTo(
              "Invalid --from-step: %s (must be a step that is whole, with its checkpoint: the newest is 3)"
                  .formatted(step));
      assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    }
    assertThat(run.committedSteps()).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void goingBackNeedsARunThatIsGoneOnWith() throws IOException {
    CommandResult refused =
        CommandResult.of(
            SmallRun.arguments("train", SmallRun.settings(temporary, "run"), "--from-step=1"));
    assertThat(refused.err().strip()).isEqualTo("Invalid --from-step: 1 (must come with --resume)");
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void goingBackNeedsARunThatIsThere() throws IOException {
    CommandResult refused =
        CommandResult.of(
            SmallRun.arguments(
                "train", SmallRun.settings(temporary, "absent"), "--resume", "--from-step=1"));
    assertThat(refused.err()).startsWith("No run in ").contains("/absent (config.yaml is missing");
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(temporary.resolve("absent")).doesNotExist();
  }

  @Test
  void nothingIsSetAsideForSettingsThatAreRefused() throws IOException {
    RunFolder run = copy();
    List<String> changed = settings(run);
    changed.add("trainer.clip_norm=2");
    CommandResult refused =
        CommandResult.of(SmallRun.arguments("train", changed, "--resume", "--from-step=1"));
    assertThat(refused.err()).startsWith("Invalid trainer.clip_norm: 2.0 (");
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(run.committedSteps()).containsExactly(0L, 1L, 2L, 3L);
    assertThat(SmallRun.local(run.root()).resolve("discarded")).doesNotExist();
  }

  @Test
  void whatIsGoneBackFromIsKeptUntilTheNextCommit() throws IOException {
    RunFolder run = copy();
    CommandResult prepared =
        CommandResult.of(
            SmallRun.arguments("prepare", settings(run), "--resume", "--from-step", "1"));
    assertThat(prepared.code()).as(prepared.err()).isZero();
    assertThat(run.committedSteps()).containsExactly(0L, 1L);
    Path discarded = SmallRun.local(run.root()).resolve("discarded");
    for (String kept :
        List.of(
            "step-000003/commit.json",
            "step-000002/4-weights",
            "metrics/step-000002",
            "checkpoints/step-000003")) {
      assertThat(discarded.resolve(kept)).exists();
    }
    assertThat(resume(run).code()).isZero();
    assertThat(discarded).doesNotExist();
    assertThat(SmallRun.checkpoints(run)).isEqualTo(checkpoints);
  }

  /** The refusal's last line is run as a person would who copies it. */
  private static void assertRefusedAndLedBack(RunFolder run, int step, String... refusals)
      throws IOException {
    CommandResult refused = resume(run);
    List<String> lines = refused.err().lines().toList();
    assertThat(lines.subList(0, lines.size() - 1)).containsExactly(refusals);
    String config = SmallRun.local(run.config()).toString();
    String folder = SmallRun.local(run.root()).getParent().toString();
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo(
            "Step %d is whole; to go back to it: ./submit.sh train --config '%s' --set 'run.folder=%s' --resume --from-step %d"
                .formatted(step, config, folder, step));
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    CommandResult back =
        CommandResult.of(
            "train",
            "--config",
            config,
            "--set",
            "run.folder=" + folder,
            "--resume",
            "--from-step",
            Integer.toString(step));
    assertThat(back.code()).as(back.err()).isZero();
    assertThat(SmallRun.checkpoints(run)).isEqualTo(checkpoints);
    assertThat(SmallRun.tables(run, 3)).isEqualTo(SmallRun.tables(sound, 3));
  }

  private static CommandResult resume(RunFolder run, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--resume"));
    arguments.addAll(List.of(more));
    return CommandResult.of(
        SmallRun.arguments("train", settings(run), arguments.toArray(new String[0])));
  }

  private static List<String> settings(RunFolder run) throws IOException {
    return SmallRun.settings(
        temporary, "run", "run.folder=" + SmallRun.local(run.root()).getParent());
  }

  /** The sound run in another place. */
  private static RunFolder copy() throws IOException {
    Path parent = Files.createTempDirectory(temporary, "copy");
    Path source = SmallRun.local(sound.root());
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, parent.resolve("run").resolve(source.relativize(file).toString()));
      }
    }
    return SmallRun.folder(parent, "run");
  }
}
