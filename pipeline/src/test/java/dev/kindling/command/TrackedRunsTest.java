package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.Python;
import dev.kindling.conf.Configuration;
import dev.kindling.io.RunFolder;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import dev.kindling.track.Trackers;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What trackers have of runs that are interrupted, gone on with and gone back on. */
class TrackedRunsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temporary;

  private Path inRun(String file) {
    return temporary.resolve("run").resolve(file);
  }

  private void train(int steps, List<String> more, String... options) throws IOException {
    List<String> settings =
        SmallRun.settings(
            temporary,
            "run",
            "run.steps=" + steps,
            "data.eval_path=" + temporary.resolve("problems.jsonl"),
            "evaluate.examples=2",
            "evaluate.every=2");
    settings.addAll(more);
    CommandResult.ok(SmallRun.arguments("train", settings, options));
  }

  private List<Double> inTable(int steps) throws IOException {
    RunFolder run = SmallRun.folder(temporary, "run");
    List<Double> values = new ArrayList<>();
    for (long step = 1; step <= steps; step++) {
      MetricsRow row = SmallRun.rows(run, step, Table.METRICS).get(0);
      values.add(row.completionLength());
    }
    return values;
  }

  private void assertLinesAreTheSteps(int steps) throws IOException {
    List<String> lines = Files.readAllLines(inRun("metrics.jsonl"));
    assertThat(lines).hasSize(steps);
    List<Double> table = inTable(steps);
    for (int i = 0; i < steps; i++) {
      JsonNode line = JSON.readTree(lines.get(i));
      assertThat(line.path("step").asInt()).isEqualTo(i + 1);
      assertThat(line.path("completions/mean_length").asDouble()).isEqualTo(table.get(i));
      // Every second step is evaluated, and the last as it was when it was made.
      if (i % 2 == 1) {
        assertThat(line.path("eval_eval/pass@1").asDouble())
            .isEqualTo(line.path("eval_pass_at1").asDouble(-1));
      }
    }
  }

  @Test
  void everyCommittedStepIsALineWhateverBecameOfTheDriverAndTheFile() throws IOException {
    train(2, List.of());
    assertLinesAreTheSteps(2);
    // As a driver leaves it that is killed behind a commit, in the midst of the line.
    Files.writeString(inRun("metrics.jsonl"), "{\"step\":3,\"re", StandardOpenOption.APPEND);
    train(3, List.of(), "--resume");
    assertLinesAreTheSteps(3);
    train(3, List.of(), "--resume", "--from-step=1");
    assertLinesAreTheSteps(3);
    byte[] whole = Files.readAllBytes(inRun("metrics.jsonl"));
    Files.delete(inRun("metrics.jsonl"));
    Files.delete(inRun("trackers.json"));
    // The run is complete: the lines come from its tables, to the byte.
    train(3, List.of(), "--resume");
    assertThat(inRun("metrics.jsonl")).hasBinaryContent(whole);
  }

  @Test
  void aTableThatCannotBeReadIsTriedAgain() throws Exception {
    train(2, List.of());
    byte[] whole = Files.readAllBytes(inRun("metrics.jsonl"));
    Files.delete(inRun("metrics.jsonl"));
    Files.move(inRun("metrics/step-000001"), temporary.resolve("away"));
    RunFolder run = SmallRun.folder(temporary, "run");
    Configuration conf = Configuration.load(List.of(), List.of());
    try (Trackers trackers = Trackers.start(SmallRun.spark(), run, conf, 1)) {
      Thread.sleep(1000);
      assertThat(inRun("metrics.jsonl")).doesNotExist();
      Files.move(temporary.resolve("away"), inRun("metrics/step-000001"));
      trackers.committed(
          SmallRun.rows(run, 2, Table.METRICS).get(0), SmallRun.rows(run, 2, Table.EVALUATIONS));
    }
    assertThat(inRun("metrics.jsonl")).hasBinaryContent(whole);
  }

  @Test
  void stagesThatCommitAStepSendIt() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run", "run.steps=2");
    CommandResult.of(SmallRun.arguments("stages", settings, "prepare..batch", "--step=1"));
    assertThat(inRun("metrics.jsonl")).doesNotExist();
    CommandResult.of("step", "--run", temporary.resolve("run").toString(), "--step=1");
    assertLinesAreTheSteps(1);
    CommandResult.of(SmallRun.arguments("stages", settings, "prepare..step", "--step=2"));
    assertThat(Files.readAllLines(inRun("metrics.jsonl"))).hasSize(2);
  }

  @Test
  void tensorBoardReadsEveryStepOnceThoughSomeWereGoneBackFrom() throws Exception {
    String python = Python.with("tensorboard");
    List<String> sinks = List.of("metrics.sinks=[tensorboard]");
    train(2, sinks);
    train(4, sinks, "--resume");
    train(3, sinks, "--resume", "--from-step=1");
    assertThat(inRun("tensorboard")).isDirectoryContaining("glob:**/events.out.tfevents.*");
    JsonNode events =
        JSON.readTree(Python.run(python, "read_events.py", inRun("tensorboard").toString()));
    assertThat(steps(events.path("train/completions/mean_length"))).containsExactly(1, 2, 3);
    List<Double> table = inTable(3);
    for (int i = 0; i < table.size(); i++) {
      assertThat(events.path("train/completions/mean_length").get(i).get(1).asDouble())
          .isEqualTo(table.get(i).floatValue());
    }
    assertThat(steps(events.path("train/grad_norm"))).containsExactly(1, 2, 3);
    assertThat(steps(events.path("eval/eval/pass@1"))).containsExactly(2, 3);
    assertThat(steps(events.path("eval/pass_at1"))).containsExactly(2, 3);
  }

  private static List<Integer> steps(JsonNode points) {
    List<Integer> steps = new ArrayList<>();
    points.forEach(point -> steps.add(point.get(0).asInt()));
    return steps;
  }

  @Test
  void aRunThatIsGoneOnWithIsOneRunOfMlflowThoughTheServerWasDown() throws Exception {
    String python = Python.with("mlflow");
    int port = MlflowProcess.freePort();
    List<String> sinks =
        List.of("metrics.sinks=[mlflow]", "metrics.mlflow.uri=" + MlflowProcess.address(port));
    // Nobody is there yet.
    train(1, sinks);
    assertThat(inRun("mlflow.json")).doesNotExist();
    String id;
    try (MlflowProcess server = MlflowProcess.start(python, temporary, port)) {
      train(2, sinks, "--resume");
      id = JSON.readTree(Files.readString(inRun("mlflow.json"))).path("run_id").asText();
      assertThat(server.runs("kindling")).containsExactly(id);
      assertThat(server.history(id, "completions/mean_length")).isEqualTo(points(2));
      assertThat(server.history(id, "eval_eval/pass_at_1")).hasSize(2);
      JsonNode run = server.get("mlflow/runs/get?run_id=" + id).path("run");
      assertThat(run.at("/info/run_name").asText()).isEqualTo("run");
      assertThat(run.at("/info/status").asText()).isEqualTo("FINISHED");
      assertThat(entry(run.at("/data/params"), "run.steps")).isEqualTo("2");
      assertThat(entry(run.at("/data/params"), "metrics.sinks")).isEqualTo("[\"mlflow\"]");
      assertThat(run.at("/data/params"))
          .hasSameSizeAs(Configuration.load(List.of(), List.of()).texts().entrySet());
      String artifacts = run.at("/info/artifact_uri").asText();
      assertThat(
              server.artifact(artifacts.replaceFirst("^mlflow-artifacts:/+", "") + "/report.html"))
          .isEqualTo(Files.readString(inRun("report.html")));
    }
    train(3, sinks, "--resume");
    try (MlflowProcess server = MlflowProcess.start(python, temporary, port)) {
      // Nothing is left to train, but to send.
      train(3, sinks, "--resume");
      assertThat(server.runs("kindling")).containsExactly(id);
      assertThat(server.history(id, "completions/mean_length")).isEqualTo(points(3));
      JsonNode tags = server.get("mlflow/runs/get?run_id=" + id).at("/run/data/tags");
      assertThat(entry(tags, "changed.run.steps")).isEqualTo("3");
      assertThat(entry(tags, "kindling.sent_again_from_step")).isNull();

      train(3, sinks, "--resume", "--from-step=2");
      // A step that stays is sent with the time that it had, and is one point; the others are two.
      List<String> again = points(3);
      again.add(again.get(2));
      assertThat(server.history(id, "completions/mean_length")).isEqualTo(again);
      tags = server.get("mlflow/runs/get?run_id=" + id).at("/run/data/tags");
      assertThat(entry(tags, "kindling.sent_again_from_step")).isEqualTo("1");
    }
  }

  private List<String> points(int steps) throws IOException {
    List<String> points = new ArrayList<>();
    List<Double> table = inTable(steps);
    for (int i = 0; i < steps; i++) {
      points.add((i + 1) + " " + table.get(i));
    }
    return points;
  }

  private static String entry(JsonNode entries, String key) {
    for (JsonNode entry : entries) {
      if (entry.path("key").asText().equals(key)) {
        return entry.path("value").asText();
      }
    }
    return null;
  }

  @Test
  void aServerThatHangsKeepsNobodyWaitingAndOneThatComesUpGetsAll() throws Exception {
    try (ServerSocket hanging = MlflowProcess.hanging()) {
      train(
          2,
          List.of(
              "metrics.sinks=[mlflow]",
              "metrics.mlflow.uri=" + MlflowProcess.address(hanging.getLocalPort())));
      assertLinesAreTheSteps(2);
      Configuration hung = tracked(hanging.getLocalPort());
      RunFolder run = SmallRun.folder(temporary, "run");
      long started = System.nanoTime();
      try (Trackers trackers = Trackers.start(SmallRun.spark(), run, hung, 2)) {
        trackers.committed(SmallRun.rows(run, 2, Table.METRICS).get(0), List.of());
      }
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started)).isBetween(4L, 9L);
    }
    String python = Python.with("mlflow");
    int port = MlflowProcess.freePort();
    RunFolder run = SmallRun.folder(temporary, "run");
    try (Trackers trackers = Trackers.start(SmallRun.spark(), run, tracked(port), 2)) {
      trackers.committed(SmallRun.rows(run, 2, Table.METRICS).get(0), List.of());
      Thread.sleep(1500);
      assertThat(inRun("mlflow.json")).doesNotExist();
      try (MlflowProcess server = MlflowProcess.start(python, temporary, port)) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!Files.readString(inRun("trackers.json")).contains("mlflow")) {
          assertThat(System.nanoTime()).isLessThan(deadline);
          Thread.sleep(100);
        }
        String id = server.runs("slow").get(0);
        assertThat(server.history(id, "completions/mean_length")).isEqualTo(points(2));
      }
    }
  }

  private Configuration tracked(int port) {
    return Configuration.load(
        List.of(),
        List.of(
            "metrics.sinks=[mlflow]",
            "metrics.mlflow.uri=" + MlflowProcess.address(port),
            "metrics.mlflow.experiment=slow"));
  }
}
