package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.MachineConf;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.RunFolder;
import dev.kindling.io.StoredFile;
import dev.kindling.plan.Cluster;
import dev.kindling.plan.Need;
import dev.kindling.plan.Needs;
import dev.kindling.plan.Sample;
import dev.kindling.plan.StepWork;
import dev.kindling.plan.TableBytes;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import dev.kindling.run.RunPreview;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan} on a small run, beside what that run then writes. */
class PlanCommandTest {
  @TempDir private Path temporary;

  private CommandResult plan(String... more) throws IOException {
    return CommandResult.of(SmallRun.arguments("plan", settings(), more));
  }

  private List<String> settings(String... more) throws IOException {
    return SmallRun.settings(temporary, "planned", more);
  }

  @Test
  void everyPartAndPlaceHasItsLineAndNothingIsWritten() throws IOException {
    CommandResult result = plan();
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out().lines().filter(line -> !line.isBlank()).map(PlanCommandTest::first))
        .containsExactly(
            "0.004368 million parameters; prompts of 7 tokens (7 at most in 12 records),"
                + " completions of 12; executors: 1, tasks at once: 2; constants of"
                + " conf/plan/cpu.yaml",
            "part of a step",
            "──────────────",
            "fetch policy",
            "rollout",
            "score",
            "weigh",
            "batch",
            "gradient",
            "network",
            "sum",
            "update",
            "rest",
            "together",
            "place",
            "──────────────────────────────────",
            "driver heap",
            "executor heap",
            "executor beside its heap, sampling",
            "executor beside its heap, training",
            "executor's local disk",
            "run folder, checkpoints",
            "run folder, tables of all steps",
            "Everything fits.",
            "Most of a step's time goes to: batch.",
            "Not counted: the start of a run, evaluations, refill, verifiers that compute algebra,"
                + " and a session's first steps, which are slower.");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).containsExactly(temporary.resolve("problems.jsonl"));
    }
  }

  private static String first(String line) {
    return line.strip().replaceAll("\\s{2,}.*", "");
  }

  @Test
  void whatDoesNotFitIsASentenceWithTheSettingThatMendsItAndNoFailure() throws IOException {
    CommandResult result =
        plan("--executors=2", "--gpus=2", "--gpu-memory=1k", "--set", "model.precision=bfloat16");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("constants of conf/plan/h100.yaml")
        .containsPattern("GPU, sampling +\\d+ kB +1.0 kB +does not fit")
        .containsPattern(
            "Does not fit: GPU, training needs \\d+ MB of 1.0 kB; no setting mends it: one task needs");
  }

  @Test
  void onlyTheFirstThousandRecordsAreRead() throws IOException {
    Path data = temporary.resolve("long.jsonl");
    List<String> lines = new ArrayList<>(new ArithmeticProblems(1).task(1000, false));
    lines.add("this is no record, and a run would refuse the file");
    Files.write(data, lines);
    CommandResult result = plan("--data=" + data, "--set", "data.path=" + data);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("in 1000 records)");
  }

  @Test
  void mistakesAreNamedWithTheirRules() throws IOException {
    assertThat(plan("--completion-tokens=13").err())
        .isEqualTo(
            "Invalid --completion-tokens: 13.0 (must be in [1, 12], what sampler.thinking_tokens"
                + " and answer_tokens allow)\n");
    assertThat(plan("--executors=2", "--gpus=3").err())
        .isEqualTo("Invalid --gpus: 3 (must be a multiple of --executors = 2, or 0)\n");
    assertThat(plan("--gpu-memory=80g").err())
        .isEqualTo("Invalid --gpu-memory: 85899345920 (must come with --gpus)\n");
    Path machine = temporary.resolve("machine.yaml");
    Files.writeString(
        machine,
        MachineConf.read(Configuration.resource("conf/plan/h100.yaml"))
            .toYaml()
            .replaceAll("(?m)^  decode_share.*\n", "")
            .replace("train_share: 0.3", "train_share: 1.5"));
    assertThat(plan("--constants=" + machine, "--gpus=1").err())
        .isEqualTo("Missing key processor.decode_share\n");
    assertThat(plan("--constants=" + machine, "--gpus=1").code()).isEqualTo(2);
    CommandResult.refuses("Missing data.path (give --data, or set it)", "plan");
  }

  @Test
  void checkpointsAndTablesHaveAboutAsManyBytesAsThePlanSays() throws IOException {
    List<String> settings =
        settings(
            "run.steps=1",
            "sampler.prompts_per_step=12",
            "sampler.samples=16",
            "trainer.updates_per_step=1");
    RunFolder run = SmallRun.train(settings, false);
    Configuration conf = Configuration.load(List.of(), settings);
    RunPreview preview = RunPreview.of(SmallRun.spark(), conf, 1000);
    ModelConfig shape = preview.shape();
    MetricsRow metrics = SmallRun.rows(run, 1, Table.METRICS).get(0);
    StepWork work = new StepWork(shape, conf, new Sample(12, 7, 7, 3), metrics.completionLength());
    Needs needs =
        new Needs(
            work,
            new Cluster(1, 2, 0, 1L << 30, 1L << 30, 1L << 30),
            MachineConf.read(Configuration.resource("conf/plan/cpu.yaml")));
    // All checkpoints are kept, two so far: 12 bytes a parameter each, to the byte, and headers.
    long parameters = ParameterLayout.of(shape).size();
    for (long step : run.committedSteps()) {
      long bytes = 0;
      for (StoredFile slice : run.readCommit(step).checkpoint()) {
        bytes += slice.bytes() - header(run, step, slice);
      }
      assertThat(bytes).isEqualTo(12 * parameters);
    }
    assertThat(needs.places())
        .filteredOn(need -> need.place().equals("run folder, checkpoints"))
        .extracting(Need::bytes)
        .containsExactly(2 * 12.0 * parameters);
    // Within a factor of two, beside what each file has at its end: 3 kB in two files a table.
    double tables = 0;
    for (Table<?> table : Table.ofStep()) {
      try (Stream<Path> files = Files.list(SmallRun.local(SmallRun.path(run, 1, table)))) {
        tables += files.mapToLong(file -> Math.max(0, file.toFile().length() - 3000)).sum();
      }
    }
    assertThat(new TableBytes(work).all()).isBetween(tables / 2, tables * 2);
  }

  /** Bytes of a safetensors file before its values: a length of eight bytes, and as many. */
  private static long header(RunFolder run, long step, StoredFile slice) throws IOException {
    FileSystem files = run.fileSystem();
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(run.checkpoint(step), slice.name());
    try (DataInputStream in = files.open(file)) {
      return 8 + Long.reverseBytes(in.readLong());
    }
  }
}
