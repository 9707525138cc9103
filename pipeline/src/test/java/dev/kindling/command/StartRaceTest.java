package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunInUseException;
import dev.kindling.io.StoredFile;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.RunStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of drivers that start a run at one instant one does, and the others leave it whole. */
class StartRaceTest {
  private static final int PAIRS = 50;

  @TempDir Path temporary;

  @Test
  void oneOfTwoDriversStartsARunAndTheOtherIsRefusedOrGoesOnWithIt() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    List<List<StoredFile>> policies = new ArrayList<>();
    ExecutorService drivers = Executors.newFixedThreadPool(2);
    try (Progress progress = Progress.ofStages(SmallRun.spark())) {
      for (int pair = 0; pair < PAIRS; pair++) {
        String name = "run-" + pair;
        Configuration conf =
            Configuration.load(List.of(), SmallRun.settings(temporary, name, "run.steps=1"));
        List<Future<Void>> starts = new ArrayList<>();
        for (int driver = 0; driver < 2; driver++) {
          starts.add(
              drivers.submit(
                  () -> {
                    RunStart start = new RunStart(SmallRun.spark(), progress, "test");
                    together.await();
                    try (Run run = start.start(conf, true, OptionalLong.empty())) {
                      assertThat(run.lastStep()).isZero();
                    }
                    return null;
                  }));
        }
        assertThat(refusals(starts))
            .as(name)
            .hasSizeLessThan(2)
            .allMatch(refusal -> refusal.contains(" is in use by process "));
        RunFolder folder = SmallRun.folder(temporary, name);
        policies.add(folder.lastCommit().orElseThrow().checkpoint());
      }
    } finally {
      drivers.shutdown();
    }
    assertThat(policies).hasSize(PAIRS).containsOnly(policies.get(0));
  }

  private static List<String> refusals(List<Future<Void>> starts) throws Exception {
    List<String> refusals = new ArrayList<>();
    for (Future<Void> start : starts) {
      try {
        start.get();
      } catch (ExecutionException refused) {
        assertThat(refused).hasCauseInstanceOf(RunInUseException.class);
        refusals.add(refused.getCause().getMessage());
      }
    }
    return refusals;
  }
}
