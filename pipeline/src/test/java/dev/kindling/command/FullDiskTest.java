package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.LongTests;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full at any write of a run ends it with a sentence, and it goes on with space. */
@EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
class FullDiskTest {
  @TempDir static Path temporary;
  private static Path disk;

  @BeforeAll
  static void mount() throws Exception {
    disk = Files.createDirectory(temporary.resolve("disk"));
    int code =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=16m", "none", disk.toString())
            .start()
            .waitFor();
    assumeTrue(code == 0, "a small disk can be mounted, which needs root");
  }

  @AfterAll
  static void unmount() throws Exception {
    new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
  }

  /** Waits for a moment of a run. */
  private interface Moment {
    void await(Driver driver) throws Exception;
  }

  @Test
  void aFullDiskIsNamedAtTablesSlicesAndTheCommitAndTheRunGoesOnWithSpace() throws Exception {
    Path run = disk.resolve("run");
    fillsUp(driver -> driver.awaitStage(1, "rollout"));
    fillsUp(driver -> driver.awaitStage(1, "weigh"));
    fillsUp(driver -> driver.awaitStage(1, "step"));
    Path slices = run.resolve("checkpoints/step-000001");
    fillsUp(driver -> driver.await("slices", () -> Files.exists(slices)));
    Path metrics = run.resolve("metrics/step-000002");
    fillsUp(driver -> driver.await("commit", () -> Files.exists(metrics)));
    try (Driver driver = start()) {
      assertThat(driver.end()).as(driver.said()).isZero();
    }
    DisturbedRuns.get().requireUndisturbed(disk, "run");
  }

  private static Driver start() throws IOException {
    List<String> command = MainProcess.command("-Dspark.master=local[2]");
    command.addAll(List.of(DisturbedRuns.get().train("run", "--set", "run.folder=" + disk)));
    return Driver.start(disk.resolve("run"), temporary, command, Optional.empty());
  }

  private static void fillsUp(Moment moment) throws Exception {
    Path filler = disk.resolve("filler");
    try (Driver driver = start()) {
      moment.await(driver);
      fill(filler);
      assertThat(driver.end()).as(driver.said()).isEqualTo(2);
      assertThat(driver.said()).contains("No space left on device");
    } finally {
      Files.delete(filler);
    }
  }

  private static void fill(Path filler) throws IOException {
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] page = new byte[1 << 12];
      while (disk.toFile().getUsableSpace() > 0) {
        out.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left on device");
    }
  }
}
