package dev.kindling.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.stores.S3Server;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files and locks in S3, in a store that compares and writes in one, and in one that does not, as
 * Hadoop before 3.4.2 takes every store to be.
 */
class S3FilesTest {
  private static final String CONDITIONAL = "fs.s3a.create.conditional.enabled";
  private static final AtomicInteger FOLDERS = new AtomicInteger();

  private static S3Server server;

  private final String folder = server.folder() + "/" + FOLDERS.incrementAndGet();
  private final Path target = new Path(folder, "target");

  @BeforeAll
  static void startServer(@TempDir java.nio.file.Path files) throws Exception {
    server = S3Server.start(files);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSameMayBeWrittenAgainAndOtherContentIsRefused(boolean conditional) throws IOException {
    FileSystem store = open(conditional);
    StoredFile first = write(store, "abc");
    assertThat(first.bytes()).isEqualTo(3);
    assertThat(Digests.sha256(store, target)).isEqualTo(first);
    assertThat(write(store, "abc")).isEqualTo(first);
    assertThatThrownBy(() -> write(store, "abcd"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot replace " + target + ": it has 3 bytes with SHA-256 ba7816");
    assertThat(files(store, folder)).containsExactly("target 3");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFaultOfTheWriterLeavesWhatWasThere(boolean conditional) throws IOException {
    FileSystem store = open(conditional);
    AtomicFile.Content faulty =
        out -> {
          out.write(1);
          throw new IllegalStateException("one byte only");
        };
    assertThatThrownBy(() -> AtomicFile.write(store, target, faulty)).hasMessage("one byte only");
    assertThat(store.exists(target)).isFalse();
    AtomicFile.replace(store, target, out -> out.write(new byte[2]));
    assertThatThrownBy(() -> AtomicFile.replace(store, target, faulty)).hasMessage("one byte only");
    assertThat(files(store, folder)).containsExactly("target 2");
    AtomicFile.replace(store, target, out -> out.write(new byte[4]));
    assertThat(files(store, folder)).containsExactly("target 4");
  }

  @Test
  void ofTwoWritersAtOnceTheSecondIsRefusedUnlessItWritesTheSame() throws Exception {
    FileSystem store = open(true);
    assertThat(writtenBehind(store, "abc").bytes()).isEqualTo(3);
    store.delete(target, false);
    assertThatThrownBy(() -> writtenBehind(store, "xyz"))
        .hasCauseInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot replace " + target + ": it has 3 bytes");
    try (FSDataInputStream file = store.open(target)) {
      assertThat(new String(file.readAllBytes(), UTF_8)).isEqualTo("xyz");
    }
  }

  /** Writes {@code abc} in a request that comes after one that writes something. */
  private StoredFile writtenBehind(FileSystem store, String first) throws Exception {
    return whileHeld("/target", () -> write(store, "abc"), () -> write(store, first));
  }

  /** Does something, and something else while its request to make a file is held up. */
  private static <T> T whileHeld(String file, Callable<T> late, Callable<?> meanwhile)
      throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    server.hold("PUT .*" + file);
    try {
      Future<T> result = other.submit(late);
      while (!server.isHeld()) {
        assertThat(result).isNotDone();
        Thread.sleep(10);
      }
      meanwhile.call();
      server.release();
      return result.get();
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void aStepThatIsSetAsideCountsNoMoreOnceItsFirstFileIsMoved() throws Exception {
    FileSystem store = open(true);
    RunFolder run = RunFolder.create(store.getConf(), new Path(folder), "");
    for (long step = 0; step <= 2; step++) {
      run.write(run.commit(step), new byte[1]);
      run.write(new Path(run.table(step, "2-rollouts"), "part-0"), new byte[2]);
    }
    String aside = folder + "/discarded/step-000002";
    List<String> moved =
        whileHeld(
            "/discarded/step-000002/2-rollouts/part-0",
            () -> WayBack.to(run, 1),
            () -> assertThat(run.committedSteps()).containsExactly(0L, 1L));
    assertThat(moved).containsExactly("step-000002");
    assertThat(files(store, aside)).containsExactlyInAnyOrder("2-rollouts 0", "commit.json 1");
    assertThat(files(store, aside + "/2-rollouts")).containsExactly("part-0 2");
    assertThat(store.exists(new Path(folder, "step-000002"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDriverOfEitherKindKeepsTheOtherOut(boolean conditional) throws IOException {
    try (RunLock held = RunLock.acquire(open(conditional), new Path(folder))) {
      for (boolean second : List.of(true, false)) {
        assertThatThrownBy(() -> RunLock.acquire(open(second), new Path(folder)))
            .isInstanceOf(RunInUseException.class)
            .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
      }
      held.verifyHeld();
    }
    assertThat(files(open(true), folder + "/lock")).isEmpty();
  }

  @Test
  void aDriverWhoseClaimIsAnothersNowMustNotCommitAndLeavesIt() throws IOException {
    FileSystem store = open(true);
    RunLock held = RunLock.acquire(store, new Path(folder));
    claim(store, "elsewhere");
    assertThatThrownBy(held::verifyHeld)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Lost the lock " + folder);
    held.close();
    assertThat(files(store, folder + "/lock")).hasSize(1);
    assertThatThrownBy(() -> RunLock.acquire(store, new Path(folder)))
        .isInstanceOf(RunInUseException.class)
        .hasMessageContaining("on host elsewhere since 2026-01-01")
        .hasMessageContaining("delete " + folder + "/lock/driver.json");
  }

  @Test
  void ofManyDriversThatTakeOverADeadOnesClaimExactlyOneDoes() throws Exception {
    int drivers = 4;
    FileSystem store = open(true);
    CyclicBarrier together = new CyclicBarrier(drivers);
    ExecutorService pool = Executors.newFixedThreadPool(drivers);
    Callable<Optional<RunLock>> driver =
        () -> {
          together.await();
          try {
            return Optional.of(RunLock.acquire(store, new Path(folder)));
          } catch (RunInUseException refused) {
            return Optional.empty();
          }
        };
    try {
      for (int round = 0; round < 5; round++) {
        claim(store, InetAddress.getLocalHost().getHostName());
        List<RunLock> held = new ArrayList<>();
        for (Future<Optional<RunLock>> end : pool.invokeAll(Collections.nCopies(drivers, driver))) {
          end.get().ifPresent(held::add);
        }
        assertThat(held).hasSize(1);
        held.get(0).verifyHeld();
        held.get(0).close();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** Writes the claim of a process that has ended if it was on this host. */
  private void claim(FileSystem store, String host) throws IOException {
    String claim =
        "{\"host\":\"%s\",\"pid\":%d,\"process_start\":\"\",\"since\":\"2026-01-01T00:00:00Z\",\"id\":\"a\"}"
            .formatted(host, Long.MAX_VALUE);
    AtomicFile.replace(
        store, new Path(folder, "lock/driver.json"), out -> out.write(claim.getBytes(UTF_8)));
  }

  private StoredFile write(FileSystem store, String content) throws IOException {
    return AtomicFile.write(store, target, out -> out.write(content.getBytes(UTF_8)));
  }

  private static List<String> files(FileSystem store, String folder) throws IOException {
    return store.exists(new Path(folder))
        ? Arrays.stream(store.listStatus(new Path(folder)))
            .map(file -> file.getPath().getName() + " " + file.getLen())
            .toList()
        : List.of();
  }

  private FileSystem open(boolean conditional) throws IOException {
    Configuration hadoop = new Configuration();
    server.hadoop().forEach(hadoop::set);
    hadoop.setBoolean("fs.s3a.impl.disable.cache", true);
    hadoop.setBoolean(CONDITIONAL, conditional);
    return target.getFileSystem(hadoop);
  }
}
