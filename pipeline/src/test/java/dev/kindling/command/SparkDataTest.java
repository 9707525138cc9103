package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.GoldenModel;
import dev.kindling.io.RunFolder;
import dev.kindling.row.LeftOutRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts of whatever Spark reads. */
class SparkDataTest {
  private static final String VERL =
      """
      SELECT 'own/problems' AS data_source,
        array(named_struct('role', 'user', 'content', concat(id, '+1='))) AS prompt, 'math' AS ability,
        named_struct('style', 'rule', 'ground_truth', CAST(id + 1 AS STRING)) AS reward_model,
        named_struct('split', 'train', 'index', id) AS extra_info
      FROM range(8)""";

  @TempDir Path temporary;
  private SparkSession spark;

  @BeforeEach
  void begin() {
    spark = SmallRun.spark();
  }

  /** Writes what a query gives as a folder of Parquet files. */
  private String parquet(String name, String query) {
    Path folder = temporary.resolve(name);
    spark.sql(query).repartition(3).write().parquet(folder.toString());
    return folder.toString();
  }

  private CommandResult prepare(String name, String path, String... more) throws IOException {
    List<String> settings = new ArrayList<>();
    settings.addAll(SmallRun.settings(temporary, name, "data.format=spark"));
    settings.removeIf(set -> set.startsWith("data.path="));
    List<String> arguments = new ArrayList<>(List.of("--data", path));
    for (String argument : more) {
      (argument.startsWith("--") ? arguments : settings).add(argument);
    }
    return CommandResult.of(
        SmallRun.arguments("prepare", settings, arguments.toArray(new String[0])));
  }

  private List<PromptRow> prompts(String name) throws IOException {
    RunFolder run = SmallRun.folder(temporary, name);
    return Table.PROMPTS.collect(
        Table.PROMPTS.read(spark, run.prompts().toString()).orderBy("position"));
  }

  private List<PromptRow> prompts(String name, String path, String... more) throws IOException {
    CommandResult result = prepare(name, path, more);
    assertThat(result.err()).isEmpty();
    return prompts(name);
  }

  private void refuses(String message, String path, String... more) throws IOException {
    CommandResult result = prepare("refused", path, more);
    assertThat(result.err().strip()).startsWith(message);
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(temporary.resolve("refused")).doesNotExist();
  }

  @Test
  void verlsColumnsAreKnownAndTheOrderIsThatOfTheIds() throws IOException {
    String data = parquet("verl", VERL);
    List<PromptRow> prompts = prompts("run", data);
    assertThat(prompts.stream().map(PromptRow::exampleId))
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
    PromptRow second = prompts.get(1);
    assertThat(second.prompt()).isEqualTo("1+1=");
    assertThat(second.goldAnswers()).containsExactly("2");
    assertThat(second.verifier()).isEqualTo("answer_match");
    assertThat(second.position()).isEqualTo(1);
    assertThat(second.split()).isEqualTo("verl");
    // Nothing else: some readers take every file of a folder for a part of the table.
    try (Stream<Path> files = Files.list(temporary.resolve("run/prompts"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(name -> name.matches("part-.*[.]parquet"))
          .hasSize(1);
    }
  }

  @Test
  void aTableAQueryAndFilesOfOneContentGiveTheSamePrompts() throws IOException {
    String rows =
        "SELECT concat('p', id) AS id, concat(id, '+2=') AS question, id + 2 AS answer FROM range(9)";
    List<PromptRow> files = prompts("files", parquet("rows", rows));
    assertThat(files).hasSize(9);
    spark.sql(rows).createOrReplaceTempView("spark_data_rows");
    List<PromptRow> table = prompts("table", "table:spark_data_rows");
    List<PromptRow> query = prompts("query", "query:" + rows);
    for (int i = 0; i < 9; i++) {
      assertThat(files.get(i).goldAnswers()).containsExactly(String.valueOf(i + 2));
      assertThat(table.get(i).promptIds()).isEqualTo(files.get(i).promptIds());
      assertThat(query.get(i).exampleId()).isEqualTo(files.get(i).exampleId()).isEqualTo("p" + i);
    }
  }

  @Test
  void columnsAreExpressionsAndRowsAreFilteredAndCsvHasItsOptions() throws IOException {
    Path csv = temporary.resolve("a.csv");
    Files.write(csv, List.of("task;key;grade", "1+1;2;1", "2+1;3;5", "3+1;4;2"));
    List<PromptRow> prompts =
        prompts(
            "run",
            csv.toString(),
            "data.options=[\"header=true\", \"sep=;\"]",
            "data.columns.prompt=concat(task, '=')",
            "data.columns.answer=key",
            "data.columns.id=concat('row', task)",
            "data.columns.level=grade",
            "data.where=CAST(grade AS INT) < 5");
    assertThat(prompts.stream().map(PromptRow::prompt)).containsExactly("1+1=", "3+1=");
    assertThat(prompts.get(1).level()).isEqualTo("2");
  }

  @Test
  void whatCannotBeUsedAndWhatRepeatsIsATableBesideTheList() throws IOException {
    String rows =
        """
        SELECT * FROM VALUES ('a', '1+1=', '2'), ('b', '1+1=', '2'), ('c', ' ', '2'), ('a', '2+1=', '3'),
          ('d', '3+1=', '4'), ('e', '4+1=', CAST(NULL AS STRING)) AS t(id, prompt, answer)""";
    List<PromptRow> prompts = prompts("run", "query:" + rows, "data.max_rejected_share=0.6");
    assertThat(prompts.stream().map(PromptRow::exampleId)).containsExactly("a", "d");
    Path list = temporary.resolve("run/prompts-left-out.txt");
    String source = "query:" + rows;
    assertThat(Files.readString(list))
        .contains(
            source + " (id 'c'): Invalid prompt:   (must be a text, not blank)",
            source + " (id 'e'): Invalid answer:  (must be a text, not blank)",
            source + " (id 'a'): Invalid id: a (must be unique in the data set)",
            source + " (id 'b'): has the prompt and the gold answers of id 'a'");
    List<LeftOutRow> table =
        Table.LEFT_OUT.collect(
            Table.LEFT_OUT.read(spark, temporary.resolve("run/prompts-left-out").toString()));
    assertThat(table).hasSize(4);
    assertThat(table.stream().filter(LeftOutRow::isDuplicate).map(LeftOutRow::id))
        .containsExactly("b");
  }

  @Test
  void aConversationIsGivenToTheTemplateAsItIsAndNeedsOne() throws IOException {
    String rows =
        """
        SELECT 'x' AS id, array(named_struct('role', 'system', 'content', 'Add.'),
          named_struct('role', 'user', 'content', '1+1?'), named_struct('role', 'assistant', 'content', '2'),
          named_struct('role', 'user', 'content', '2+3?')) AS messages, 5 AS answer""";
    String model = GoldenModel.of("qwen3-tiny").folder().toString();
    String[] chat = {
      "model.checkpoint=" + model,
      "model.max_positions=128",
      "data.style=chat",
      "data.system_prompt=Ignored."
    };
    assertThat(prompts("run", "query:" + rows, chat).get(0).prompt())
        .startsWith(
            """
            <|im_start|>system
            Add.<|im_end|>
            <|im_start|>user
            1+1?<|im_end|>
            <|im_start|>assistant
            2<|im_end|>
            <|im_start|>user
            2+3?<|im_end|>
            <|im_start|>assistant
            """);
    refuses("Invalid data set query:" + rows + ": 1 of 1 records cannot be used", "query:" + rows);
  }

  @Test
  void otherContentAndAnotherConditionAreRefusedOnResume() throws IOException {
    Path file = temporary.resolve("rows.json");
    Files.write(file, lines("4"));
    String[] where = {"data.where=answer <> '9'"};
    assertThat(prompts("run", file.toString(), where)).hasSize(2);
    // The same rows in another order are the same data.
    List<String> turned = new ArrayList<>(lines("4"));
    Collections.reverse(turned);
    Files.write(file, turned);
    String[] again = {where[0], "--resume"};
    assertThat(prepare("run", file.toString(), again).err()).isEmpty();
    CommandResult other = prepare("run", file.toString(), "--resume");
    assertThat(other.err()).startsWith("Invalid data.where: null (the run was started with");
    Files.write(file, lines("5"));
    CommandResult changed = prepare("run", file.toString(), again);
    assertThat(changed.err())
        .startsWith("Invalid data.path: " + file + " (holds other data than the run was started");
    assertThat(changed.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  private static List<String> lines(String answer) {
    return List.of(
        "{\"id\": \"a\", \"prompt\": \"1+3=\", \"answer\": \"" + answer + "\"}",
        "{\"id\": \"b\", \"prompt\": \"1+4=\", \"answer\": \"5\"}");
  }

  @Test
  void whatSparkCannotReadIsRefusedInItsWords() throws IOException {
    refuses("Cannot read data set table:no_such: [TABLE_OR_VIEW_NOT_FOUND]", "table:no_such");
    refuses("Cannot read data set query:SELEC 1: [PARSE_SYNTAX_ERROR]", "query:SELEC 1");
    String missing = temporary.resolve("missing.parquet").toString();
    refuses("Cannot read data set " + missing + ": [PATH_NOT_FOUND]", missing);
    refuses(
        "Cannot tell the prompt of data set query:SELECT 1 AS a, 2 AS answer by its columns [a, answer] (name it by data.columns.prompt or data.columns.messages)",
        "query:SELECT 1 AS a, 2 AS answer");
    refuses(
        "Cannot read data set query:SELECT 'a' AS prompt, 2 AS answer: [UNRESOLVED_COLUMN",
        "query:SELECT 'a' AS prompt, 2 AS answer",
        "data.where=level > 1");
    refuses(
        "Cannot read data set " + temporary + ": [DATA_SOURCE_NOT_FOUND]",
        temporary.toString(),
        "data.reader=nosuch");
    refuses(
        "Cannot use query:SELECT 'a' AS prompt, 2 AS answer, 'x' AS id, 'mth' AS verifier: (id 'x'): Invalid verifier: mth (did you mean math?)",
        "query:SELECT 'a' AS prompt, 2 AS answer, 'x' AS id, 'mth' AS verifier");
    refuses(
        "Invalid data.columns.answer: answer is ARRAY<INT> in data set query:SELECT 'a' AS prompt, array(2) AS x (must be STRING or a number)",
        "query:SELECT 'a' AS prompt, array(2) AS x",
        "data.columns.answer=x");
  }

  @Test
  void aSecretAmongTheOptionsIsRefusedAndNotRepeated() throws IOException {
    CommandResult result =
        prepare("run", "table:a", "data.options=[\"url=jdbc:x\", \"dbPassword=hidden\"]");
    assertThat(result.err())
        .startsWith("Invalid data.options: [url=…, dbPassword=…] (must not hold secrets")
        .doesNotContain("hidden");
  }

  @Test
  void settingsOfSparkAreRefusedWithAFormatThatHasNoneOfThem() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run", "data.where=a > 1");
    CommandResult.refuses(
        "Invalid data.where: a > 1 (must be absent unless data.format is spark)",
        SmallRun.arguments("prepare", settings));
    List<String> table = SmallRun.settings(temporary, "run", "data.path=table:a");
    CommandResult.refuses(
        "Invalid data.path: table:a (must be absent unless data.format is spark)",
        SmallRun.arguments("prepare", table));
  }
}
