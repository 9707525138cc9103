package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit is believed only to the last byte, and so are the files it names. */
class CommitTest {
  private static final String DIGEST = Sha256.of(new byte[0]);

  @TempDir Path folder;
  private FileSystem fileSystem;

  @BeforeEach
  void openFileSystem() throws IOException {
    fileSystem = FaultyFileSystem.open(FaultyFileSystem.sound(), folder);
  }

  @Property(tries = 50)
  void aCommitReadsBackAsEqualWithTheSameDigest(
      @ForAll @LongRange(min = 0) long step,
      @ForAll @LongRange(min = 0) long position,
      @ForAll @StringLength(max = 10) String version)
      throws IOException {
    Path here = Files.createTempDirectory("commit");
    FileSystem local = FaultyFileSystem.open(FaultyFileSystem.sound(), here);
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(here.resolve("commit.json").toUri());
    Commit commit =
        new Commit(
            step,
            DIGEST,
            Map.of("run.steps", version),
            position,
            Map.of("model/config.json", DIGEST),
            List.of(new StoredFile("a", 7, DIGEST)),
            Map.of("2-rollouts", 64L),
            "rapids " + version,
            null,
            version);
    commit.write(local, file);
    assertThat(Commit.read(local, file)).isEqualTo(commit);
    assertThat(Commit.read(local, file).digest()).isEqualTo(commit.digest());
    local.delete(new org.apache.hadoop.fs.Path(here.toUri()), true);
  }

  @Test
  void aChangeOfAnyBitIsRefusedByName() throws IOException {
    commit().write(fileSystem, at("commit.json"));
    byte[] whole = Files.readAllBytes(folder.resolve("commit.json"));
    for (int i = 0; i < whole.length; i++) {
      Damage.replace(folder.resolve("commit.json"), whole);
      Damage.flip(folder.resolve("commit.json"), i);
      assertRefused("byte " + i + " flipped");
    }
  }

  @Test
  void aCommitCutAtAnyByteIsRefusedByName() throws IOException {
    commit().write(fileSystem, at("commit.json"));
    byte[] whole = Files.readAllBytes(folder.resolve("commit.json"));
    for (int length = 0; length < whole.length; length++) {
      Damage.replace(folder.resolve("commit.json"), whole);
      Damage.truncate(folder.resolve("commit.json"), length);
      assertRefused("cut to " + length + " bytes");
    }
  }

  @Test
  void aCommitDamagedUnderHadoopsChecksumIsRefusedByName() throws IOException {
    commit().write(fileSystem, at("commit.json"));
    Damage.flipUnderChecksum(folder.resolve("commit.json"), 5);
    assertRefused("flipped under the checksum");
  }

  @Test
  void aStepIsCommittedOnce() throws IOException {
    commit().write(fileSystem, at("commit.json"));
    Commit other = Commit.first(DIGEST, Map.of(), List.of(), Map.of(), "jvm", "0.1.0");
    assertThatThrownBy(() -> other.write(fileSystem, at("commit.json")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot replace " + at("commit.json"));
    assertThat(Commit.read(fileSystem, at("commit.json"))).isEqualTo(commit());
  }

  @Test
  void everyMissingCutOrChangedCheckpointFileIsNamed() throws IOException {
    Commit commit = commit();
    commit.verify(fileSystem, at("."));
    Files.delete(folder.resolve("a"));
    Damage.truncate(folder.resolve("b"), 2);
    Damage.flip(folder.resolve("c"), 1);
    Damage.flipUnderChecksum(folder.resolve("d"), 2);
    assertThatThrownBy(() -> commit.verify(fileSystem, at(".")))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused ->
                assertThat(refused.violations())
                    .containsExactly(
                        "Invalid checkpoint file: " + at("a") + " (is missing)",
                        "Invalid checkpoint file: " + at("b") + " (has 2 bytes, not 3)",
                        "Invalid checkpoint file: "
                            + at("c")
                            + " (is damaged: its SHA-256 is not "
                            + commit.checkpoint().get(2).sha256()
                            + ")",
                        "Invalid checkpoint file: "
                            + at("d")
                            + " (is damaged: its SHA-256 is not "
                            + commit.checkpoint().get(3).sha256()
                            + ")"));
  }

  @Test
  void aCommitOfAnotherShapeIsRefused() {
    assertThatThrownBy(
            () ->
                new Commit(
                    -1, "x", Map.of(), -2, Map.of(), List.of(), Map.of(), "jvm", "y", "0.1.0"))
        .hasMessage(
            """
            Invalid commit.step: -1 (must be >= 0)
            Invalid commit.config_digest: x (must be 64 hex digits)
            Invalid commit.position: -2 (must be >= 0)
            Invalid commit.previous: y (must be 64 hex digits or null)\
            """);
    assertThatThrownBy(() -> new StoredFile("../a", 1, DIGEST))
        .hasMessage("Invalid file name: ../a (must be a name without a folder)");
  }

  /** A commit of four files of three bytes, which are written too. */
  private Commit commit() throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      files.add(AtomicFile.write(fileSystem, at(name), out -> out.write(new byte[] {1, 2, 3})));
    }
    return Commit.first(DIGEST, Map.of(), files, Map.of("2-rollouts", 64L), "jvm", "0.1.0");
  }

  private void assertRefused(String how) {
    assertThatThrownBy(() -> Commit.read(fileSystem, at("commit.json")))
        .as(how)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read " + at("commit.json") + ": ");
  }

  private org.apache.hadoop.fs.Path at(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).normalize().toUri());
  }
}
