package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.dataset.ArithmeticProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run goes on with the data that it was started with, however its path is written. */
class ResumedDataTest {
  private static final String OTHER =
      " (holds other data than the run was started with: restore it, or start another by --name)";
  private static final String STARTED =
      " (the run was started with %s: resume with that, or start another by --name)";

  @TempDir private Path temporary;
  private Path train;
  private Path held;

  @BeforeEach
  void writeData() throws IOException {
    train = temporary.resolve("train.jsonl");
    held = temporary.resolve("held-out.jsonl");
    Files.write(train, new ArithmeticProblems(1).task(12, false));
    Files.write(held, new ArithmeticProblems(2).task(3, true));
  }

  /** The path as seen from the working directory. */
  private static String relative(Path file) {
    return Path.of("").toAbsolutePath().relativize(file).toString();
  }

  private String[] prepare(List<String> settings, String... more) throws IOException {
    List<String> all = SmallRun.settings(temporary, "run");
    all.addAll(settings);
    List<String> resume = new ArrayList<>(List.of(more));
    return SmallRun.arguments("prepare", all, resume.toArray(String[]::new));
  }

  private static List<String> set(String key, Object value) {
    return List.of(key + "=" + value);
  }

  @Test
  void aPathOrACopyOfTheSameContentIsTheSameData() throws IOException {
    ok(prepare(set("data.path", relative(train))));
    Path copy = Files.copy(train, temporary.resolve("copy.jsonl"));
    Path config = temporary.resolve("run/config.yaml");
    String before = Files.readString(config);
    for (Object same : List.of(train, relative(train), train.toUri(), copy)) {
      ok(prepare(set("data.path", same), "--resume"));
    }
    assertThat(Files.readString(config)).isEqualTo(before).contains(relative(train));
    ok("stages", "rollout..step", "--run", temporary.resolve("run").toString());
  }

  @Test
  void otherContentIsRefusedUnderAnyPath() throws IOException {
    ok(prepare(set("data.path", train)));
    Path other = temporary.resolve("other.jsonl");
    Files.write(other, new ArithmeticProblems(3).task(12, false));
    String message = "Invalid data.path: \"%s\"" + STARTED.formatted("\"" + train + "\"");
    refuses(message.formatted(other), prepare(set("data.path", other), "--resume"));
    // The same files in another order are other prompts.
    String both = "[" + train + ", " + other + "]";
    assertThat(CommandResult.of(prepare(set("data.path", both), "--resume")).code()).isEqualTo(2);
    Files.copy(other, train, StandardCopyOption.REPLACE_EXISTING);
    refuses("Invalid data.path: " + train + OTHER, prepare(set("data.path", train), "--resume"));
  }

  @Test
  void aRunGoesOnWithoutItsFileUnderTheTextOfItsPathAlone() throws IOException {
    ok(prepare(set("data.path", train)));
    Files.delete(train);
    ok(prepare(set("data.path", train), "--resume"));
    refuses(
        "Invalid data.path: \"%s\"".formatted(relative(train))
            + STARTED.formatted("\"" + train + "\""),
        prepare(set("data.path", relative(train)), "--resume"));
  }

  @Test
  void evaluationSetsAreComparedByTheirDataToo() throws IOException {
    String sets = "evaluate.sets=[{name: one, path: %s}]";
    List<String> started = List.of("data.path=" + train, sets.formatted(held));
    ok(prepare(started));
    ok(prepare(List.of("data.path=" + train, sets.formatted(relative(held))), "--resume"));
    List<String> inFolder = new ArrayList<>(set("evaluate.folder", temporary));
    inFolder.add("data.path=" + train);
    inFolder.add(sets.formatted(held.getFileName()));
    ok(prepare(inFolder, "--resume"));
    String renamed = "evaluate.sets=[{name: two, path: %s}]".formatted(held);
    assertThat(CommandResult.of(prepare(List.of(renamed, "data.path=" + train), "--resume")).err())
        .startsWith("Invalid evaluate.sets: ")
        .contains("the run was started with");
    Files.write(held, new ArithmeticProblems(4).task(3, true));
    refuses("Invalid evaluate.sets: " + held + OTHER, prepare(started, "--resume"));
  }

  @Test
  void theOneEvaluationSetIsComparedByItsDataToo() throws IOException {
    ok(prepare(List.of("data.path=" + train, "data.eval_path=" + held)));
    ok(prepare(List.of("data.path=" + train, "data.eval_path=" + relative(held)), "--resume"));
    Files.write(held, new ArithmeticProblems(4).task(3, true));
    refuses(
        "Invalid data.eval_path: " + held + OTHER,
        prepare(List.of("data.path=" + train, "data.eval_path=" + held), "--resume"));
  }
}
