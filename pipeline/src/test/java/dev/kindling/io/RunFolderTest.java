package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run folder holds, what of it counts, and what an interrupted run leaves behind. */
class RunFolderTest {
  private static final String DIGEST = Sha256.of(new byte[0]);

  @TempDir Path folder;

  @Test
  void theLayoutIsTheDocumentedOne() throws IOException {
    RunFolder run = create("first");
    assertThat(
            List.of(
                run.config(),
                run.tokenizer(),
                run.prompts(),
                run.table(12, "1-prompts"),
                run.table(12, "6-step"),
                run.commit(12),
                run.slice(12, 0, 4),
                run.metrics(12),
                run.report()))
        .extracting(path -> run.root().toUri().relativize(path.toUri()).getPath())
        .containsExactly(
            "config.yaml",
            "model/tokenizer.json",
            "prompts",
            "step-000012/1-prompts",
            "step-000012/6-step",
            "step-000012/commit.json",
            "checkpoints/step-000012/slice-00000-of-00004.safetensors",
            "metrics/step-000012",
            "report.html");
    assertThatThrownBy(() -> run.slice(12, 4, 4)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anExistingRunIsNotOverwritten() throws IOException {
    RunFolder run = create("first");
    assertThatThrownBy(() -> create("first"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Run folder "
                + run.root()
                + " exists (pass --resume to go on with it, or another --name)");
    assertThat(open("first").readConfig()).isEqualTo("run: {}\n");
  }

  @Test
  void aRunThatWasNeverStartedCannotBeResumed() {
    assertThatThrownBy(() -> open("never"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("No run in file:" + folder + "/never (config.yaml is missing");
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefusedBeforeTheFirstStep() throws IOException {
    Files.writeString(folder.resolve("file"), "in the way");
    assertThatThrownBy(() -> RunFolder.create(FaultyFileSystem.sound(), at("file/x"), "run: {}\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot write to run folder file:" + folder + "/file/x: ")
        .hasMessageContaining("run.folder must be writable and have free space");
  }

  @Test
  void aFullDiskIsRefusedBeforeTheFirstStep() {
    assertThatThrownBy(
            () -> RunFolder.create(FaultyFileSystem.withBytesFree(1000), at("x"), "run: {}\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot write to run folder file:" + folder + "/x: ")
        .hasMessageContaining("No space left on device");
    assertThat(folder.resolve("x")).isEmptyDirectory();
  }

  @Test
  void aFileSystemThatGivesNoAnswerIsNotTheUsersMistake() {
    assertThatThrownBy(
            () ->
                RunFolder.create(
                    FaultyFileSystem.withoutAnswerAbout("write-check"), at("x"), "run: {}\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection refused");
  }

  @Test
  void aDiskTooSmallForTheNextCheckpointIsRefused() throws IOException {
    Configuration hadoop = FaultyFileSystem.withBytesFree(70_000);
    RunFolder run = RunFolder.create(hadoop, at("x"), "run: {}\n");
    run.checkWritable(70_000);
    assertThatThrownBy(() -> run.checkWritable(70_001))
        .hasMessage(
            "Run folder %s has 70000 bytes free, 70001 are needed (free some, lower run.keep_checkpoints, or choose another run.folder)"
                .formatted(run.root()));
  }

  @Test
  void theReportIsWrittenAnewAndTheModelIsNot() throws IOException {
    RunFolder run = create("first");
    run.writeReport("one");
    run.writeReport("two");
    assertThat(Files.readString(local(run, "report.html"))).isEqualTo("two");
    run.write(run.tokenizer(), bytes("{}"));
    run.write(run.tokenizer(), bytes("{}"));
    assertThatThrownBy(() -> run.write(run.tokenizer(), bytes("{ }")))
        .hasMessageStartingWith("Cannot replace " + run.tokenizer());
  }

  @Test
  void commitsFollowEachOther() throws IOException {
    RunFolder run = create("first");
    assertThat(run.lastCommit()).isEmpty();
    Commit zero = commit(run, 0, null);
    Commit one = commit(run, 1, zero.digest());
    assertThat(run.committedSteps()).containsExactly(0L, 1L);
    assertThat(run.lastCommit()).contains(one);
    commit(run, 2, DIGEST);
    assertThatThrownBy(run::lastCommit)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%s is of step 2 and follows commit %s, but the step before it has digest %s (a file of another run?)"
                .formatted(run.commit(2), DIGEST, one.digest()));
  }

  @Test
  void aStepMissingInTheMiddleIsNotRubbish() throws IOException {
    RunFolder run = create("first");
    String zero = commit(run, 0, null).digest();
    String one = commit(run, 1, zero).digest();
    commit(run, 2, one);
    Files.delete(local(run, "step-000001/commit.json"));
    assertThatThrownBy(() -> Leftovers.removeUncommitted(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Missing %s though step 2 is committed".formatted(run.commit(1)));
    assertThat(local(run, "step-000001")).exists();
  }

  @Test
  void whatAKilledStepLeftIsRemovedAndTold() throws IOException {
    RunFolder run = create("first");
    commit(run, 0, null);
    // Killed between the checkpoint of step 1 and its commit, while a slice was being renamed.
    slice(run, 1);
    touch(run, "checkpoints/step-000001/.slice-00001-of-00002.safetensors.5.tmp");
    touch(run, "checkpoints/step-000000/.slice-00000-of-00001.safetensors.6.tmp");
    touch(run, "step-000001/2-rollouts/part-0.parquet");
    touch(run, "step-000000/.commit.json.7.tmp");
    touch(run, "metrics/step-000001/part-0.parquet");
    touch(run, "metrics/step-000000/part-0.parquet");
    touch(run, ".report.html.8.tmp");
    touch(run, "notes.txt");
    assertThat(Leftovers.removeUncommitted(run))
        .containsExactlyInAnyOrder(
            "step-000001",
            "checkpoints/step-000001",
            "metrics/step-000001",
            ".report.html.8.tmp",
            "step-000000/.commit.json.7.tmp",
            "checkpoints/step-000000/.slice-00000-of-00001.safetensors.6.tmp");
    assertThat(Leftovers.removeUncommitted(run)).isEmpty();
    assertThat(local(run, "metrics/step-000000/part-0.parquet")).exists();
    assertThat(local(run, "notes.txt")).exists();
    run.lastCommit().orElseThrow().verify(run.fileSystem(), run.checkpoint(0));
  }

  @Test
  void theNewestCheckpointsStay() throws IOException {
    RunFolder run = create("first");
    String previous = null;
    for (long step = 0; step < 4; step++) {
      previous = commit(run, step, previous).digest();
    }
    assertThat(Leftovers.pruneCheckpoints(run, 0, Set.of())).isEmpty();
    assertThat(Leftovers.pruneCheckpoints(run, 3, Set.of()))
        .containsExactly("checkpoints/step-000000");
    assertThat(Leftovers.pruneCheckpoints(run, 1, Set.of(0L, 1L)))
        .containsExactly("checkpoints/step-000002");
    assertThat(Leftovers.pruneCheckpoints(run, 1, Set.of(3L)))
        .containsExactly("checkpoints/step-000001");
    assertThat(Leftovers.pruneCheckpoints(run, 1, Set.of())).isEmpty();
    assertThat(run.committedSteps()).containsExactly(0L, 1L, 2L, 3L);
    run.lastCommit().orElseThrow().verify(run.fileSystem(), run.checkpoint(3));
  }

  private RunFolder create(String name) throws IOException {
    return RunFolder.create(FaultyFileSystem.sound(), at(name), "run: {}\n");
  }

  private org.apache.hadoop.fs.Path at(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toString());
  }

  private RunFolder open(String name) throws IOException {
    return RunFolder.open(FaultyFileSystem.sound(), at(name));
  }

  private static Commit commit(RunFolder run, long step, String previous) throws IOException {
    Commit commit =
        new Commit(
            step,
            DIGEST,
            Map.of(),
            4 * step,
            Map.of(),
            List.of(slice(run, step)),
            Map.of("2-rollouts", 16L),
            "jvm",
            previous,
            "0.1.0");
    commit.write(run.fileSystem(), run.commit(step));
    return commit;
  }

  private static StoredFile slice(RunFolder run, long step) throws IOException {
    float[] values = {step};
    return new CheckpointSlice(new SliceRange(0, 1), step, step, values, values, values)
        .write(run.fileSystem(), run.slice(step, 0, 1));
  }

  private static void touch(RunFolder run, String name) throws IOException {
    Files.createDirectories(local(run, name).getParent());
    Files.writeString(local(run, name), "half");
  }

  private static Path local(RunFolder run, String name) {
    return Path.of(run.root().toUri().getPath(), name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
