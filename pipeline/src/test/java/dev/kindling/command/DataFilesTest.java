package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which examples a run has of its data set files. */
class DataFilesTest {
  @TempDir Path temporary;

  private static String record(String id, String prompt, String answer) {
    return "{\"id\":\"%s\",\"prompt\":\"%s\",\"answer\":\"%s\"}".formatted(id, prompt, answer);
  }

  private Path file(String name, String... records) throws IOException {
    Path file = temporary.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, List.of(records));
  }

  private CommandResult prepare(String name, String... more) throws IOException {
    List<String> settings = SmallRun.settings(temporary, name);
    settings.removeIf(set -> set.startsWith("data.path="));
    return CommandResult.of(SmallRun.arguments("prepare", settings, more));
  }

  /** The run's examples in the order of their positions. */
  private List<PromptRow> prompts(String name, String... more) throws IOException {
    CommandResult result = prepare(name, more);
    assertThat(result.err()).isEmpty();
    RunFolder run = SmallRun.folder(temporary, name);
    List<PromptRow> prompts =
        Table.PROMPTS.collect(Table.PROMPTS.read(SmallRun.spark(), run.prompts().toString()));
    assertThat(prompts.stream().map(PromptRow::position))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, prompts.size()).mapToObj(i -> (long) i).toList());
    return prompts.stream().sorted((a, b) -> Long.compare(a.position(), b.position())).toList();
  }

  private static List<String> ids(List<PromptRow> prompts) {
    return prompts.stream().map(PromptRow::exampleId).toList();
  }

  @Test
  void ofFilesOfOneNameIdsAndSplitsHaveTheFoldersThatTellThemApart() throws IOException {
    String old = file("old/test.jsonl", record("1", "1+1?", "2"), record("2", "1+2?", "3")) + "";
    String young = file("new/test.jsonl", record("1", "1+3?", "4")) + "";
    List<PromptRow> prompts = prompts("run", "--data", old, "--data", young);
    assertThat(ids(prompts))
        .containsExactly("old/test.jsonl/1", "old/test.jsonl/2", "new/test.jsonl/1");
    assertThat(prompts.get(2).split()).isEqualTo("new/test.jsonl");
    assertThat(ids(prompts("alone", "--data", young))).containsExactly("1");
  }

  @Test
  void aRepeatedExampleIsLeftOutAndListedThoughNoRecordMayBeUnusable() throws IOException {
    String first =
        file(
                "a.jsonl",
                record("1", "1+1?", "2"),
                record("2", "1+1?", "3"),
                record("3", "1+1?", "2"),
                record("4", "1+2?", "3"))
            + "";
    String second = file("b.jsonl", record("1", "1+2?", "3"), record("2", "2+2?", "4")) + "";
    List<PromptRow> prompts =
        prompts("run", "--data", first, "--data", second, "--set", "data.max_rejected_share=0");
    // Record 2 of the first file has the prompt of record 1 but another answer.
    assertThat(ids(prompts)).containsExactly("a/1", "a/2", "a/4", "b/2");
    assertThat(Files.readAllLines(temporary.resolve("run/prompts-left-out.txt")))
        .containsExactly(
            "a.jsonl record 2 (id '3'): has the prompt and the gold answers of id 'a/1'",
            "b.jsonl record 0 (id '1'): has the prompt and the gold answers of id 'a/4'");
  }

  @Test
  void ofRecordsOfOneIdACopyIsADuplicateAndAnythingElseCannotBeUsed() throws IOException {
    String data =
        file(
                "a.jsonl",
                record("1", "1+1?", "2"),
                record("1", "1+1?", "2"),
                record("1", "1+2?", "3"))
            + "";
    assertThat(prepare("strict", "--data", data).err().strip())
        .isEqualTo(
            ("Invalid data set %s: 1 of 3 records cannot be used (data.max_rejected_share is 0.05);"
                    + " first: a.jsonl record 2 (id '1'): Invalid id: 1 (must be unique in the file)")
                .formatted(data));
    String lenient = "data.max_rejected_share=0.4";
    assertThat(ids(prompts("run", "--data", data, "--set", lenient))).containsExactly("1");
    assertThat(Files.readAllLines(temporary.resolve("run/prompts-left-out.txt")))
        .containsExactly(
            "a.jsonl record 2 (id '1'): Invalid id: 1 (must be unique in the file)",
            "a.jsonl record 1 (id '1'): has the prompt and the gold answers of id '1'");
  }

  @Test
  void aFileThatComesTwiceIsRefused() throws IOException {
    Path file = file("a.jsonl", record("1", "1+1?", "2"));
    Path again = temporary.resolve("b/../a.jsonl");
    CommandResult result = prepare("run", "--data", file + "", "--data", again + "");
    assertThat(result.err().strip())
        .isEqualTo("Invalid data set: %s, %s (must not name a file twice)".formatted(file, again));
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void fewerExamplesAreTheFirstOfTheFilesOrASampleThatTheSeedDraws() throws IOException {
    String[] records =
        IntStream.range(0, 100)
            .mapToObj(i -> record("" + i, i + "+1?", "1"))
            .toArray(String[]::new);
    String data = file("a.jsonl", records) + "";
    String five = "data.max_examples=5";
    assertThat(ids(prompts("first", "--data", data, "--set", five, "--set", "data.shuffle=false")))
        .containsExactly("0", "1", "2", "3", "4");
    List<String> drawn = ids(prompts("drawn", "--data", data, "--set", five));
    assertThat(drawn).hasSize(5).isNotEqualTo(List.of("0", "1", "2", "3", "4"));
    // In the order of the file, whatever the order of drawing was.
    assertThat(drawn)
        .isEqualTo(
            new TreeSet<>(drawn.stream().map(Integer::valueOf).toList())
                .stream().map(String::valueOf).toList());
    assertThat(ids(prompts("again", "--data", data, "--set", five))).isEqualTo(drawn);
    List<String> other =
        ids(prompts("other", "--data", data, "--set", five, "--set", "run.seed=8"));
    assertThat(other).hasSize(5).isNotEqualTo(drawn);
  }

  @Test
  void allExamplesOfTheEvaluationAreUsedHoweverFewTheTrainingHas() throws IOException {
    String data = file("a.jsonl", record("1", "1+1?", "2"), record("2", "1+2?", "3")) + "";
    String evaluation = file("b.jsonl", record("1", "2+1?", "3"), record("2", "2+2?", "4")) + "";
    assertThat(
            prompts(
                "run",
                "--data",
                data,
                "--set",
                "data.max_examples=1",
                "--set",
                "data.eval_path=" + evaluation))
        .hasSize(1);
    RunFolder run = SmallRun.folder(temporary, "run");
    assertThat(
            Table.PROMPTS.read(SmallRun.spark(), run.evaluationPrompts("eval").toString()).count())
        .isEqualTo(2);
  }
}
