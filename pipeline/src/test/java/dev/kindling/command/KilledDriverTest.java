package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.LongTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed at any moment leaves a run that ends, resumed, as if it had not been. */
@EnabledOnOs(OS.LINUX)
class KilledDriverTest {
  private static final List<String> LOCAL = List.of("-Dspark.master=local[2]");
  private static final long SECONDS_TO_ABANDON = 30;
  private static final int RANDOM_KILLS = 10;
  private static final int MOST_MILLIS = 15_000;

  @TempDir static Path temporary;
  private static DisturbedRuns runs;

  @BeforeAll
  static void trainUndisturbed() throws IOException {
    runs = DisturbedRuns.get();
  }

  /** When to kill. */
  private interface Moment {
    void await(Driver driver, String run) throws Exception;
  }

  private static Moment beginning(long step, String stage) {
    return (driver, run) -> driver.awaitStage(step, stage);
  }

  /** The checkpoint and the metrics are there, the commit is not. */
  private static Moment commit(int step) {
    return (driver, run) -> {
      Path metrics = runs.run(run).resolve("metrics/step-00000" + step);
      driver.await("commit of step " + step, () -> Files.exists(metrics));
    };
  }

  private static List<Moment> moments() {
    return LongTests.ARE_RUN
        ? List.of(
            beginning(1, "prepare"),
            beginning(1, "rollout"),
            beginning(1, "score"),
            beginning(2, "refill"),
            beginning(2, "weigh"),
            beginning(3, "batch"),
            beginning(3, "step"),
            commit(3),
            beginning(4, "prepare"),
            commit(4))
        : List.of(beginning(1, "refill"), commit(2));
  }

  private static Driver start(String name, List<String> options) throws IOException {
    return Driver.start(runs.run(name), options, Optional.empty(), runs.train(name));
  }

  private static void resume(String name) throws Exception {
    try (Driver last = start(name, LOCAL)) {
      assertThat(last.end()).as(last.said()).isZero();
    }
    runs.requireUndisturbed(name);
  }

  @Test
  void atTheBeginningsOfStagesAndInsideTheCommitAndByASignal() throws Exception {
    String name = "stages";
    try (Driver driver = start(name, LOCAL)) {
      driver.awaitStage(1, "rollout");
      driver.terminate();
      assertThat(driver.endsWithin(SECONDS_TO_ABANDON, TimeUnit.SECONDS)).isTrue();
      assertThat(driver.end()).as(driver.said()).isEqualTo(3);
    }
    for (Moment moment : moments()) {
      try (Driver driver = start(name, LOCAL)) {
        moment.await(driver, name);
        driver.kill();
      }
    }
    resume(name);
  }

  @Test
  @EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
  void atRandomMoments() throws Exception {
    String name = "random";
    Random random = new Random(5);
    for (int kill = 0; kill < RANDOM_KILLS; kill++) {
      try (Driver driver = start(name, LOCAL)) {
        driver.await("its first stage", () -> driver.status().isPresent());
        Thread.sleep(random.nextInt(MOST_MILLIS));
        driver.kill();
      }
    }
    resume(name);
  }

  @Test
  void whileItsExecutorsGoOnWriting() throws Exception {
    String name = "orphans";
    Path home = SparkInstallation.make(temporary.resolve("spark"));
    List<String> cluster = DisturbedRuns.onCluster("local-cluster[2,1,1024]");
    try (Driver first =
        Driver.start(runs.run(name), cluster, Optional.of(home), runs.train(name))) {
      first.awaitStage(2, "rollout");
      List<ProcessHandle> orphans = first.executors();
      assertThat(orphans).isNotEmpty();
      for (ProcessHandle orphan : orphans) {
        Driver.signal("STOP", orphan);
      }
      first.kill();
      try (Driver second = start(name, LOCAL)) {
        second.awaitStage(2, "rollout");
        for (ProcessHandle orphan : orphans) {
          Driver.signal("CONT", orphan);
        }
        assertThat(second.end()).as(second.said()).isZero();
      } finally {
        orphans.forEach(ProcessHandle::destroyForcibly);
      }
    }
    runs.requireUndisturbed(name);
  }
}
