package dev.kindling.command;

import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.Commit;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import dev.kindling.io.StoredFile;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.Table;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mistake in input ends the command with code 2 and a sentence that names it. */
class BadInputTest {
  @TempDir Path temporary;

  private String[] train(String... sets) throws IOException {
    return SmallRun.arguments("train", SmallRun.settings(temporary, "run", sets));
  }

  private String file(String name, String... lines) throws IOException {
    Path file = temporary.resolve(name);
    Files.write(file, Arrays.asList(lines));
    return file.toString();
  }

  private static String finqa(String id, String rest) {
    return """
        {"id": "%s", "pre_text": ["a"], "table": [["b"]], "post_text": ["c"], "qa": {%s}}"""
        .formatted(id, rest);
  }

  @Test
  void aMissingDataSetIsNamedAndLeavesNoRunFolderBehind() throws IOException {
    Path missing = temporary.resolve("missing.jsonl");
    refuses("Cannot read data set " + missing + ": no such file", train("data.path=" + missing));
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aFolderThatWasThereBeforeARefusedRunKeepsItsFiles() throws IOException {
    Path kept = temporary.resolve("run").resolve("model").resolve("kept.txt");
    Files.createDirectories(kept.getParent());
    Files.writeString(kept, "mine");
    refuses("Cannot read data set no.jsonl: no such file", train("data.path=no.jsonl"));
    assertThat(kept).hasContent("mine");
    assertThat(temporary.resolve("run").resolve("config.yaml")).doesNotExist();
  }

  @Test
  void aTruncatedFileIsRefusedAtTheRecordWhereItEnds() throws IOException {
    String whole = finqa("first", "\"question\": \"d?\", \"exe_ans\": 1.0");
    String path = file("cut.json", "[" + whole + ",", whole.substring(0, 40));
    CommandResult result = CommandResult.of(train("data.format=finqa", "data.path=" + path));
    assertThat(result.err()).startsWith("Cannot read cut.json: record 1, after id 'first' (");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void recordsWithoutQuestionOrGoldAnswerAreListedAndTheRunGoesOn() throws IOException {
    String path =
        file(
            "some.json",
            "[",
            finqa("good-1", "\"question\": \"d?\", \"exe_ans\": 1.0") + ",",
            finqa("no-question", "\"exe_ans\": 1.0") + ",",
            finqa("good-2", "\"question\": \"e?\", \"exe_ans\": 1.0") + ",",
            finqa("no-gold", "\"question\": \"d?\", \"exe_ans\": null"),
            "]");
    CommandResult result =
        CommandResult.of(
            train(
                "data.format=finqa",
                "data.path=" + path,
                "data.max_rejected_share=0.5",
                "model.tokenizer=bytes",
                "run.steps=1"));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(Files.readAllLines(temporary.resolve("run/prompts-left-out.txt")))
        .containsExactly(
            "some.json record 1 (id 'no-question'):"
                + " Invalid qa.question: nothing (must be a text, not blank)",
            "some.json record 3 (id 'no-gold'):"
                + " Invalid qa.exe_ans: null (must be a finite number, yes or no)");
    RunFolder run = SmallRun.folder(temporary, "run");
    assertThat(run.readCommit(0).rows()).containsEntry(RunStart.ALL_PROMPTS, 2L);
    assertThat(run.readCommit(1).rows()).containsEntry("1-prompts", 2L);
  }

  @Test
  void moreBadRecordsThanAllowedAreRefusedWithTheFirst() throws IOException {
    String path =
        file(
            "bad.json",
            "[",
            finqa("good", "\"question\": \"d?\", \"exe_ans\": 1.0") + ",",
            finqa("no-gold", "\"question\": \"d?\""),
            "]");
    refuses(
        ("Invalid data set %s: 1 of 2 records cannot be used (data.max_rejected_share is 0.05);"
                + " first: bad.json record 1 (id 'no-gold'):"
                + " Invalid qa.exe_ans: nothing (must be a finite number, yes or no)")
            .formatted(path),
        train("data.format=finqa", "data.path=" + path, "model.tokenizer=bytes"));
  }

  @Test
  void aPromptThatLeavesNoRoomForItsAnswerIsNamed() throws IOException {
    String path =
        file(
            "long.jsonl",
            "{\"id\":\"short\",\"prompt\":\"1+1?\",\"answer\":\"2\"}",
            "{\"id\":\"long\",\"prompt\":\"%s?\",\"answer\":\"2\"}".formatted("1+".repeat(10)));
    // 21 of the prompt, 6 and the end of thinking, 6 of the answer.
    refuses(
        ("Invalid data set %s: 1 of 2 records cannot be used (data.max_rejected_share is 0.05);"
                + " first: long.jsonl record 1 (id 'long'): prompt of 21 tokens needs 34 positions"
                + " with its rationale and answer (model.max_positions is 32)")
            .formatted(path),
        train("data.path=" + path));
  }

  @Test
  void aFolderInPlaceOfADataSetIsNamed() throws IOException {
    refuses(
        "Cannot read data set " + temporary + ": it is a folder (must be a file)",
        train("data.path=" + temporary));
  }

  @Test
  void aRecordIsNamedByTheNumberOfItsLineInAPackedFileToo() throws IOException {
    String lines =
        "\n{\"id\":\"short\",\"prompt\":\"1+1?\",\"answer\":\"2\"}\n\n"
            + "{\"id\":\"long\",\"prompt\":\"%s?\",\"answer\":\"2\"}\n".formatted("1+".repeat(10));
    Path file = temporary.resolve("long.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(lines.getBytes(StandardCharsets.UTF_8));
    }
    CommandResult result = CommandResult.of(train("data.path=" + file));
    assertThat(result.err())
        .contains("first: long.jsonl.gz record 3 (id 'long'): prompt of 21 tokens");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void aTextThatIsLongerThanAllowedIsLeftOutBeforeItIsMadeIntoTokens() throws IOException {
    String path =
        file(
            "long.jsonl",
            "{\"id\":\"short\",\"prompt\":\"1+1?\",\"answer\":\"2\"}",
            "{\"id\":\"long\",\"prompt\":\"1+1?\",\"answers\":[\"2\",\"%s\"]}"
                .formatted("2".repeat(1001)));
    refuses(
        ("Invalid data set %s: 1 of 2 records cannot be used (data.max_rejected_share is 0.05);"
                + " first: long.jsonl record 1 (id 'long'):"
                + " answer of 1001 characters (data.max_chars is 1000)")
            .formatted(path),
        train("data.path=" + path, "data.max_chars=1000"));
  }

  @Test
  void aRunFileThatIsNoneIsRefusedByItsSize() throws IOException {
    Path config = temporary.resolve("large.yaml");
    Files.writeString(config, "# comment\n".repeat(6_000_000));
    refuses(
        "Invalid --config: " + config + " (must have at most 1048576 bytes)",
        "train",
        "--config",
        config.toString());
  }

  @Test
  void aDataSetWithoutRecordsIsRefused() throws IOException {
    String path = file("empty.jsonl", "");
    refuses(
        "Invalid data.path: " + path + " (must have at least one usable record)",
        train("data.path=" + path));
  }

  @Test
  void everyMistakeInTheSettingsIsNamedAtOnce() throws IOException {
    CommandResult result =
        CommandResult.of(
            train("sampler.sample=8", "sampler.temperature=0", "objective.q=2", "run.steps=many"));
    assertThat(result.err().lines())
        .containsExactlyInAnyOrder(
            "Unknown key sampler.sample (did you mean sampler.samples?)",
            "Invalid run.steps: \"many\" (must be an integer of 64 bits)",
            "Invalid sampler.temperature: 0.0 (must be in (0, 10]: a greedy policy explores nothing)",
            "Invalid objective.q: 2.0 (must be in [0, 1])");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aFileInPlaceOfTheRunFolderIsNamed() throws IOException {
    file("run", "not a folder");
    CommandResult result = CommandResult.of(train());
    assertThat(result.err())
        .startsWith("Cannot write to run folder ")
        .contains("/run")
        .contains("run.folder must be writable");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void aSecondDriverIsKeptOut() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run");
    assertThat(CommandResult.of(SmallRun.arguments("prepare", settings)).code()).isZero();
    RunFolder run = SmallRun.folder(temporary, "run");
    try (RunLock held = RunLock.acquire(run.fileSystem(), run.root())) {
      held.verifyHeld();
      CommandResult result = CommandResult.of("rollout", "--run", run.root().toString());
      assertThat(result.err())
          .startsWith(
              "Run folder %s is in use by process %d on host "
                  .formatted(run.root(), ProcessHandle.current().pid()));
      assertThat(result.code()).isEqualTo(Main.TRY_LATER);
    }
    assertThat(SmallRun.local(run.table(1, "2-rollouts"))).doesNotExist();
  }

  @Test
  void weightsThatAreNoNumbersStopTheStepBeforeAnythingIsWritten() throws IOException {
    RunFolder run = untilBatch();
    spoilCheckpoint(run);
    adoptTables(run);

    CommandResult result = CommandResult.of("step", "--run", run.root().toString());

    assertThat(result.err())
        .startsWith(
            "Invalid gradient of step 1: 8 rows are not finite under the policy of step 0"
                + " (all must be): ")
        .contains(" sample 0, ")
        .endsWith(". Nothing was written.\n");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    assertNothingWritten(run);
  }

  @Test
  void aModelFolderThatIsRefusedLeavesNoRunFolderBehind() throws IOException {
    Path model = Files.createDirectory(temporary.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    refuses(
        "Cannot read file:%s: it has no tokenizer.json (must be a model folder as downloaded from Hugging Face)"
            .formatted(model),
        train("model.checkpoint=" + model));
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aRunThatStartsFromWeightsThatAreNoNumbersEndsAtItsFirstRollout() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "origin");
    assertThat(CommandResult.of(SmallRun.arguments("prepare", settings)).code()).isZero();
    spoilCheckpoint(SmallRun.folder(temporary, "origin"));

    CommandResult result =
        CommandResult.of(train("model.checkpoint=" + temporary.resolve("origin")));

    assertThat(result.err().strip())
        .isEqualTo("The largest logit is NaN (must be finite): the policy has diverged");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void rolloutsThatThePolicyDidNotSampleStopTheStepBeforeAnythingIsWritten() throws IOException {
    RunFolder run = untilBatch();
    List<RolloutRow> altered = new ArrayList<>();
    for (RolloutRow row : SmallRun.rows(run, 1, Table.ROLLOUTS)) {
      float[] logprobs = row.rationaleLogprobs();
      // The first sampled token of each rollout claims to be e^0.5 times likelier than it was.
      logprobs[0] += 0.5f;
      altered.add(row);
    }
    rewrite(run, altered);
    for (String stage : List.of("score", "weigh", "batch")) {
      assertThat(CommandResult.of(stage, "--run", run.root().toString()).code()).as(stage).isZero();
    }

    CommandResult result = CommandResult.of("step", "--run", run.root().toString());

    assertThat(result.err())
        .startsWith(
            "Sampler and trainer disagree: largest log-prob gap 0.500 nats"
                + " (trainer.max_logprob_gap is 0.0500)")
        .contains("Nothing was written.");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    assertNothingWritten(run);
  }

  /** Other rollouts in place of those of step 1, as if the stage had sampled them. */
  private static void rewrite(RunFolder run, List<RolloutRow> rows) throws IOException {
    org.apache.hadoop.fs.Path table = run.table(1, "2-rollouts");
    Manifest before = Manifest.read(run.fileSystem(), table);
    Dataset<Row> content = Table.ROLLOUTS.of(SmallRun.spark(), rows);
    Manifest.drop(run.fileSystem(), table);
    Table.ROLLOUTS.write(1, content, table.toString());
    Manifest.of(run.fileSystem(), table, before.rows(), before.madeFrom())
        .write(run.fileSystem(), table);
  }

  /** A run whose first step lacks nothing but the gradient step. */
  private RunFolder untilBatch() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run");
    assertThat(CommandResult.of(SmallRun.arguments("prepare", settings)).code()).isZero();
    String folder = temporary.resolve("run").toString();
    for (String stage : List.of("rollout", "score", "weigh", "batch")) {
      assertThat(CommandResult.of(stage, "--run", folder).code()).as(stage).isZero();
    }
    return SmallRun.folder(temporary, "run");
  }

  /** Every parameter of step 0 becomes NaN, under digests that are right. */
  private static void spoilCheckpoint(RunFolder run) throws IOException {
    Commit commit = run.readCommit(0);
    List<StoredFile> files = new ArrayList<>();
    for (int slice = 0; slice < commit.checkpoint().size(); slice++) {
      files.add(spoil(run.fileSystem(), run.slice(0, slice, commit.checkpoint().size())));
    }
    run.fileSystem().delete(run.commit(0), false);
    Commit.first(
            commit.configDigest(),
            commit.inputs(),
            files,
            commit.rows(),
            commit.tables(),
            commit.version())
        .write(run.fileSystem(), run.commit(0));
  }

  /** The tables of step 1 are as if they had been made after the commit that is there now. */
  private static void adoptTables(RunFolder run) throws IOException {
    for (Table<?> table :
        List.of(Table.PROMPTS, Table.ROLLOUTS, Table.SCORES, Table.WEIGHTS, Table.BATCHES)) {
      Map<String, String> madeFrom = new TreeMap<>();
      for (Table<?> source : table.sources()) {
        Manifest made = Manifest.read(run.fileSystem(), run.table(1, source.name()));
        madeFrom.put(source.name() + ", round 0", made.digest());
      }
      if (madeFrom.isEmpty()) {
        madeFrom.put("commit", run.readCommit(0).digest());
      }
      org.apache.hadoop.fs.Path path = run.table(1, table.name());
      Manifest before = Manifest.read(run.fileSystem(), path);
      Manifest.drop(run.fileSystem(), path);
      new Manifest(before.rows(), madeFrom, before.files()).write(run.fileSystem(), path);
    }
  }

  private static StoredFile spoil(FileSystem files, org.apache.hadoop.fs.Path file)
      throws IOException {
    CheckpointSlice slice = CheckpointSlice.read(files, file);
    files.delete(file, false);
    Arrays.fill(slice.parameters(), Float.NaN);
    return slice.write(files, file);
  }

  private static void assertNothingWritten(RunFolder run) throws IOException {
    assertThat(run.committedSteps()).containsExactly(0L);
    assertThat(SmallRun.local(run.table(1, "6-step"))).doesNotExist();
    assertThat(SmallRun.local(run.metrics(1))).doesNotExist();
    try (Stream<Path> checkpoints = Files.walk(SmallRun.local(run.checkpoint(1).getParent()))) {
      assertThat(checkpoints.filter(path -> path.toString().contains("step-000001"))).isEmpty();
    }
  }
}
