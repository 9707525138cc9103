package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Causes, what is said of them, and whether a scheduler should try again. */
class FailureTest {
  private static final String FILE =
      " (it must be there and permitted, on a disk with free space; with --resume a run goes on from its last commit)";

  @TempDir Path temporary;

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(
            new IllegalStateException(new InvalidInputException("Invalid q: 2 (must be <= 1)")),
            2,
            "Invalid q: 2 (must be <= 1)"),
        Arguments.of(
            new IOException("write failed", new IOException("No space left on device")),
            2,
            "Cannot use a file: No space left on device" + FILE),
        Arguments.of(
            aborted(new IOException("/runs/a: Read-only file system")),
            2,
            "Cannot use a file: /runs/a: Read-only file system" + FILE),
        Arguments.of(
            new FileNotFoundException("File file:/runs/a does not exist"),
            2,
            "Cannot use a file: File file:/runs/a does not exist" + FILE),
        Arguments.of(
            aborted(new ConnectException("Call to nn:8020 failed: Connection refused\nmore")),
            1,
            "Cannot reach a server: Call to nn:8020 failed: Connection refused (a retry may help)"),
        Arguments.of(
            new IllegalArgumentException(new URISyntaxException(".a:b.crc", "Relative path")),
            2,
            "Cannot use a path: Relative path: .a:b.crc (choose a name without colons)"),
        Arguments.of(
            new UnknownHostException("nn"), 1, "Cannot reach a server: nn (a retry may help)"),
        Arguments.of(
            new IllegalStateException(new OutOfMemoryError("Java heap space")),
            2,
            "Memory ran out: Java heap space (give more by --driver-memory or --executor-memory, or lower sampler.prompts_per_task and trainer.micro_batch_tokens)"),
        Arguments.of(
            new NoClassDefFoundError("ai/djl/pytorch/jni/PyTorchLibrary"),
            2,
            "Cannot load a library: java.lang.NoClassDefFoundError: ai/djl/pytorch/jni/PyTorchLibrary (./submit.sh doctor says what is missing)"),
        Arguments.of(
            new SparkException("Job aborted: ExecutorLostFailure (executor 3 exited)\nstack"),
            1,
            "Spark gave up: Job aborted: ExecutorLostFailure (executor 3 exited) (with --resume the run goes on from its last commit)"));
  }

  private static SparkException aborted(Throwable cause) {
    return new SparkException("Job aborted due to stage failure: " + cause, cause);
  }

  @ParameterizedTest
  @MethodSource("causes")
  void aKnownCauseIsToldInOneSentence(Throwable failure, int code, String sentence) {
    assertThat(Failure.of(failure)).isEqualTo(new Failure(code, List.of(sentence)));
  }

  @Test
  void anUnknownCauseIsOursWithTheBeginningOfItsStack() {
    RuntimeException deep = new IllegalStateException("first");
    for (int i = 0; i < 40; i++) {
      deep = new IllegalStateException("again", deep);
    }
    Failure failure = Failure.of(deep);
    assertThat(failure.code()).isEqualTo(Main.OUR_FAULT);
    assertThat(failure.lines()).hasSize(62);
    assertThat(failure.lines().get(0))
        .isEqualTo("Kindling failed (this is its fault, not yours; please report it):");
    assertThat(failure.lines().get(1)).isEqualTo("java.lang.IllegalStateException: again");
    assertThat(failure.lines().get(61)).matches("\t\\.\\.\\. \\d+ more lines");
  }

  private void fails(int code, String start, String setting) throws IOException {
    CommandResult result =
        CommandResult.of(
            SmallRun.arguments("prepare", SmallRun.settings(temporary, "run", setting)));
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith(start);
    assertThat(result.code()).isEqualTo(code);
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aSchemeThatNoOneKnowsIsNamed() throws IOException {
    for (String setting :
        List.of("run.folder", "data.path", "model.checkpoint", "model.tokenizer")) {
      fails(2, "Cannot open a path: No FileSystem for scheme \"foo\" (", setting + "=foo://host/a");
    }
  }

  @Test
  void aConnectorThatIsNotThereIsNamedWithTheWayToAddIt() throws IOException {
    String start =
        "Cannot open a path: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found (add its connector, for s3a: ./submit.sh --packages org.apache.hadoop:hadoop-aws:";
    fails(2, start, "run.folder=s3a://bucket/runs");
    fails(2, start, "data.path=s3a://bucket/a.jsonl");
  }

  @Test
  void aServerThatRefusesMayAnswerTheNextTime() throws IOException {
    Configuration hadoop = SmallRun.spark().sparkContext().hadoopConfiguration();
    hadoop.setInt("ipc.client.connect.max.retries", 0);
    try {
      fails(1, "Cannot reach a server: ", "run.folder=hdfs://127.0.0.1:1/runs");
      fails(1, "Cannot reach a server: ", "data.path=http://127.0.0.1:1/a.jsonl");
    } finally {
      hadoop.unset("ipc.client.connect.max.retries");
    }
  }

  @Test
  void aFileSystemThatCannotBeWrittenIsRefused() throws IOException {
    fails(2, "Cannot write to run folder /proc/kindling/run: ", "run.folder=/proc/kindling");
  }

  @Test
  void aFolderInPlaceOfTheWeightsIsNamed() throws IOException {
    Path model = Files.createDirectories(temporary.resolve("model/model.safetensors")).getParent();
    assertThat(
            CommandResult.of(SmallRun.arguments("prepare", SmallRun.settings(temporary, "origin")))
                .code())
        .isZero();
    Path exported = temporary.resolve("exported");
    assertThat(
            CommandResult.of(
                    "export", temporary.resolve("origin").toString(), "--to", exported.toString())
                .code())
        .isZero();
    for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(exported.resolve(file), model.resolve(file));
    }
    fails(
        2,
        "Cannot read file:%s/model.safetensors: it is a folder (must be a file)".formatted(model),
        "model.checkpoint=" + model);
  }

  @Test
  void aTableWithAFlippedBitInItsMiddleIsNamed() throws IOException {
    String table = "file:" + temporary.resolve("table");
    List<ScoreRow> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      rows.add(
          new ScoreRow(
              "example-" + i, 0, "", "", "a" + i * 7919, "a", "CORRECT", 1.0, -1.0, 2, null, 0.1));
    }
    Table.SCORES.write(1, Table.SCORES.of(SmallRun.spark(), rows).coalesce(1), table);
    Path part;
    try (Stream<Path> files = Files.list(temporary.resolve("table"))) {
      part = files.filter(file -> file.toString().endsWith(".parquet")).toList().get(0);
    }
    byte[] content = Files.readAllBytes(part);
    content[content.length / 2] ^= 1;
    Files.write(part, content);
    assertThatThrownBy(() -> Table.SCORES.collect(Table.SCORES.read(SmallRun.spark(), table)))
        .satisfies(
            damaged -> {
              Failure failure = Failure.of(damaged);
              assertThat(failure.code()).isEqualTo(Main.USERS_MISTAKE);
              assertThat(failure.lines()).hasSize(1);
              assertThat(failure.lines().get(0))
                  .startsWith("Cannot read a table: ")
                  .contains(part.getFileName().toString());
            })
        .rootCause()
        .hasMessageContaining("CRC checksum");
  }

  @Test
  void aFileNamedLockIsNamed() throws IOException {
    assertThat(
            CommandResult.of(SmallRun.arguments("prepare", SmallRun.settings(temporary, "run")))
                .code())
        .isZero();
    Path lock = temporary.resolve("run/lock");
    Files.delete(lock);
    Files.createFile(lock);
    CommandResult result =
        CommandResult.of("rollout", "--run", temporary.resolve("run").toString());
    assertThat(result.err()).startsWith("Cannot use a file: ").contains("run/lock");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }
}
