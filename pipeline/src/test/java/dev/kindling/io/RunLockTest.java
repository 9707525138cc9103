package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One driver writes a run; the dead do not hold it. */
class RunLockTest {
  @TempDir Path folder;
  private FileSystem fileSystem;

  @BeforeEach
  void openFileSystem() throws IOException {
    fileSystem = FaultyFileSystem.open(FaultyFileSystem.sound(), folder);
  }

  @Test
  void aSecondDriverIsToldWhoHoldsTheRunAndWhatToDo() throws IOException {
    try (RunLock held = acquire()) {
      assertThatThrownBy(this::acquire)
          .isInstanceOf(RunInUseException.class)
          .hasMessageContaining(
              "Run folder " + root() + " is in use by process " + ProcessHandle.current().pid())
          .hasMessageContaining(" on host " + InetAddress.getLocalHost().getHostName())
          .hasMessageContaining(" since " + Instant.now().toString().substring(0, 10))
          .hasMessageContaining("choose another --name; if that process is dead, delete " + root());
      held.verifyHeld();
    }
    acquire().close();
    assertThat(claims()).isEmpty();
  }

  @Test
  void theClaimOfADeadProcessIsTakenOver() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    claim(InetAddress.getLocalHost().getHostName(), process.pid(), "");
    try (RunLock held = acquire()) {
      held.verifyHeld();
      assertThat(claims()).hasSize(1);
    }
  }

  @Test
  void theClaimOfAnEarlierProcessWithOurNumberIsTakenOver() throws IOException {
    claim(
        InetAddress.getLocalHost().getHostName(),
        ProcessHandle.current().pid(),
        "2020-01-01T00:00:00Z");
    try (RunLock held = acquire()) {
      held.verifyHeld();
    }
  }

  @Test
  void aLivingProcessOfThisHostIsNotTakenOver() throws IOException {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      claim(
          InetAddress.getLocalHost().getHostName(),
          process.pid(),
          process.info().startInstant().orElseThrow().toString());
      assertThatThrownBy(this::acquire)
          .hasMessageContaining("is in use by process " + process.pid());
    } finally {
      process.destroy();
    }
    assertThat(claims()).containsExactly("other.json");
  }

  @Test
  void aProcessOfAnotherHostIsNeverTakenOver() throws IOException {
    claim("elsewhere", Long.MAX_VALUE, "");
    assertThatThrownBy(this::acquire)
        .hasMessageContaining(
            "is in use by process 9223372036854775807 on host elsewhere since 2026-01-01T00:00:00Z")
        .hasMessageContaining("delete " + root() + "/lock/other.json");
    assertThat(claims()).containsExactly("other.json");
  }

  @Test
  void aClaimThatCannotBeReadIsRespected() throws IOException {
    Files.createDirectories(folder.resolve("lock"));
    Files.writeString(folder.resolve("lock/other.json"), "{\"host\":");
    assertThatThrownBy(this::acquire)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Run folder %s is in use (delete %s/lock/other.json, which cannot be read, when no other driver runs)"
                .formatted(root(), root()));
  }

  @Test
  void aDriverWhoseClaimWasRemovedMustNotCommit() throws IOException {
    RunLock held = acquire();
    for (String claim : claims()) {
      Files.delete(folder.resolve("lock").resolve(claim));
    }
    assertThatThrownBy(held::verifyHeld)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Lost the lock " + root());
    held.close();
  }

  @Test
  void ofManyDriversAtOnceNeverTwoGetTheRun() throws Exception {
    int drivers = 4;
    CyclicBarrier together = new CyclicBarrier(drivers);
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(drivers);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int driver = 0; driver < drivers; driver++) {
        results.add(
            pool.submit(
                () -> {
                  for (int round = 0; round < 25; round++) {
                    together.await();
                    try (RunLock held = acquire()) {
                      most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                      held.verifyHeld();
                      holders.decrementAndGet();
                    } catch (RunInUseException refused) {
                      assertThat(refused).hasMessageContaining("is in use by process");
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(most.get()).isLessThanOrEqualTo(1);
    assertThat(claims()).isEmpty();
  }

  @Test
  void ofTwoDriversAtOnceOneGetsTheRun() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      for (int pair = 0; pair < 50; pair++) {
        Callable<Boolean> driver =
            () -> {
              together.await();
              try (RunLock held = acquire()) {
                held.verifyHeld();
                together.await();
                return true;
              } catch (RunInUseException refused) {
                together.await();
                return false;
              }
            };
        Future<Boolean> one = pool.submit(driver);
        Future<Boolean> other = pool.submit(driver);
        assertThat(List.of(one.get(), other.get())).containsExactlyInAnyOrder(true, false);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "{}", "{\"host\":\"here\"}", "[]", "{\"host\":\"a\",\"since\":\"x\"}"})
  void aClaimThatNoDriverWroteIsRespectedAndNamed(String content) throws IOException {
    Files.createDirectories(folder.resolve("lock"));
    Files.writeString(folder.resolve("lock/other.json"), content);
    assertThatThrownBy(this::acquire)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("/lock/other.json, which cannot be read, when no other driver runs)");
  }

  private RunLock acquire() throws IOException {
    return RunLock.acquire(fileSystem, root());
  }

  private void claim(String host, long pid, String start) throws IOException {
    Files.createDirectories(folder.resolve("lock"));
    Files.writeString(
        folder.resolve("lock/other.json"),
        "{\"host\":\"%s\",\"pid\":%d,\"process_start\":\"%s\",\"since\":\"2026-01-01T00:00:00Z\",\"id\":\"other\"}"
            .formatted(host, pid, start));
  }

  private List<String> claims() throws IOException {
    try (var files = Files.list(folder.resolve("lock"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .toList();
    }
  }

  private org.apache.hadoop.fs.Path root() {
    return fileSystem.makeQualified(new org.apache.hadoop.fs.Path(folder.toString()));
  }
}
