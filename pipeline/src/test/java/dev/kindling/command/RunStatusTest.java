package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunStatus;
import dev.kindling.io.RunStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What schedulers read in a run's folder, and people in Spark's UI. */
class RunStatusTest {
  @TempDir private Path temporary;

  private String[] train(String... sets) throws IOException {
    return SmallRun.arguments("train", SmallRun.settings(temporary, "run", sets));
  }

  private RunStatus status() throws IOException {
    return RunStatus.read(SmallRun.folder(temporary, "run"));
  }

  @Test
  void aRunWhoseStepsAreAllCommittedIsComplete() throws IOException {
    Instant before = Instant.now();
    assertThat(CommandResult.of(train("run.steps=1")).code()).isZero();
    RunStatus status = status();
    assertThat(status.state()).isEqualTo(State.COMPLETE);
    assertThat(status.step()).isEqualTo(1);
    assertThat(status.steps()).isEqualTo(1);
    assertThat(status.stage()).isNull();
    assertThat(status.exitCode()).isZero();
    assertThat(status.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(status.applicationId()).isEqualTo(SmallRun.spark().sparkContext().applicationId());
    assertThat(Instant.parse(status.startedAt())).isAfterOrEqualTo(before.minusMillis(1));
    assertThat(Instant.parse(status.updatedAt())).isAfter(Instant.parse(status.startedAt()));
  }

  @Test
  void aStageThatIsDoneWaitsForTheNext() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run");
    assertThat(CommandResult.of(SmallRun.arguments("prepare", settings)).code()).isZero();
    RunStatus status = status();
    assertThat(status.state()).isEqualTo(State.WAITING);
    assertThat(status.step()).isZero();
    assertThat(status.steps()).isEqualTo(3);
    assertThat(status.exitCode()).isZero();
  }

  @Test
  void aStageThatRefusesLeavesItsNameItsSentenceAndNoRetry() throws IOException {
    Path data = temporary.resolve("words.jsonl");
    Files.write(
        data,
        Stream.of("a", "b", "c", "d")
            .map(id -> "{\"id\":\"%s\",\"prompt\":\"1+1?\",\"answer\":\"two\"}".formatted(id))
            .toList());
    String[] command = train("data.path=" + data, "verifier.name=finqa_number");
    CommandResult result = CommandResult.of(command);
    assertThat(result.code()).isEqualTo(2);
    RunStatus status = status();
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(status.step()).isEqualTo(1);
    // Where the share of faults is looked at.
    assertThat(status.stage()).isEqualTo("weigh");
    assertThat(status.message()).isEqualTo(result.err().strip());
    assertThat(status.exitCode()).isEqualTo(2);
    assertThat(status.retryable()).isFalse();
  }

  @Test
  void sparksUiGroupsJobsByStepAndDescribesThemByStage() throws IOException {
    Set<String> groups = new ConcurrentSkipListSet<>();
    Set<String> descriptions = new ConcurrentSkipListSet<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            String group = job.properties().getProperty("spark.jobGroup.id");
            if (group != null && group.startsWith("run ")) {
              groups.add(group);
              descriptions.add(job.properties().getProperty("spark.job.description"));
            }
          }
        };
    SmallRun.spark().sparkContext().addSparkListener(listener);
    try {
      assertThat(CommandResult.of(train("run.steps=2")).code()).isZero();
    } finally {
      SmallRun.spark().sparkContext().removeSparkListener(listener);
    }
    assertThat(groups).containsExactly("run step 1", "run step 2");
    assertThat(descriptions)
        .containsAll(
            List.of(
                "step 1 · prepare",
                "step 1 · rollout · 4 prompts × 4",
                "step 2 · score",
                "step 2 · weigh",
                "step 2 · batch",
                "step 2 · step"));
    assertThat(SmallRun.spark().sparkContext().getLocalProperty("spark.jobGroup.id")).isNull();
  }
}
