package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.io.RunFolder;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verifiers that the user brings: expressions of SQL in settings, Java in a jar. */
class OwnVerifiersTest {
  @TempDir Path temporary;

  private List<ScoreRow> scores(String name, String... more) throws IOException {
    SmallRun.spark();
    List<String> settings = new ArrayList<>();
    settings.addAll(SmallRun.settings(temporary, name, "run.steps=1", "verifier.name=mine"));
    settings.addAll(List.of(more));
    RunFolder run = SmallRun.train(settings, false);
    List<ScoreRow> scores = SmallRun.rows(run, 1, Table.SCORES);
    assertThat(scores).hasSize(SmallRun.PROMPTS * SmallRun.SAMPLES);
    return scores;
  }

  private static String own(String sql) {
    return "verifier.own=[{name: mine, sql: \"" + sql + "\"}]";
  }

  private static Set<Object> each(List<ScoreRow> scores, Function<ScoreRow, Object> of) {
    return scores.stream().map(of).collect(Collectors.toSet());
  }

  @Test
  void aNumberIsTheRewardAndRightFromOneOn() throws IOException {
    List<ScoreRow> scores = scores("numbers", own("(sample + 1) / 2.0"));
    for (ScoreRow score : scores) {
      double reward = (score.sample() + 1) / 2.0;
      assertThat(score.reward()).isEqualTo(reward);
      assertThat(score.verdict()).isEqualTo(reward >= 1 ? "CORRECT" : "WRONG");
      assertThat(score.reason()).isEqualTo(reward >= 1 ? null : "mine is 0.500000");
      assertThat(score.extracted()).isEqualTo(score.answer().strip());
    }
  }

  @Test
  void aBooleanIsAVerdictOfAllThatIsKnownOfTheRollout() throws IOException {
    List<ScoreRow> scores =
        scores(
            "booleans",
            own(
                "size(gold_answers) = 1 AND tokens > 0 AND log_w < 0 AND context = '{}' AND level = ''"
                    + " AND finish_reason IN ('stop', 'budget', 'length') AND prompt <> '' AND sample < 2"));
    assertThat(scores)
        .allSatisfy(score -> assertThat(score.reward()).isEqualTo(score.sample() < 2 ? 1.0 : 0.0));
  }

  @Test
  void aTextIsTheVerdictAndNullIsNoAnswerAndOtherTextsAreFaults() throws IOException {
    List<ScoreRow> scores =
        scores(
            "texts",
            own("CASE sample WHEN 0 THEN 'TIMEOUT' WHEN 1 THEN 'right' WHEN 2 THEN 'WRONG' END"));
    for (ScoreRow score : scores) {
      assertThat(score.verdict())
          .isEqualTo(List.of("TIMEOUT", "ERROR", "WRONG", "UNPARSEABLE").get(score.sample()));
      assertThat(score.reward()).isEqualTo(score.sample() < 2 ? null : 0.0);
    }
    assertThat(each(scores, ScoreRow::reason))
        .containsExactlyInAnyOrder(
            "mine is TIMEOUT",
            "mine is right, which is no verdict",
            "mine is WRONG",
            "mine is null");
  }

  @Test
  void functionsAndTablesOfTheSessionMayBeAskedAndRecordsMayNameIt() throws IOException {
    Path facts = temporary.resolve("facts.json");
    Files.writeString(facts, "{\"number\": 3}\n{\"number\": 1}\n");
    List<ScoreRow> scores =
        scores(
            "tables",
            own(
                "(SELECT sum(number) FROM facts WHERE number > sample)"
                    + " - CAST(answer_match(gold_answers, gold_answers[0]).verdict = 'CORRECT' AS INT)"),
            "verifier.tables=[{name: facts, path: " + facts + "}]");
    // 3 + 1 of sample 0, then 3, 3 and nothing; less 1.
    for (ScoreRow score : scores) {
      Double[] rewards = {3.0, 2.0, 2.0, 0.0};
      assertThat(score.reward()).isEqualTo(rewards[score.sample()]);
    }
    Path data = temporary.resolve("own.jsonl");
    Files.writeString(
        data, "{\"id\": \"a\", \"prompt\": \"1+1=\", \"answer\": \"2\", \"verifier\": \"mine\"}\n");
    List<String> settings = SmallRun.settings(temporary, "named", "run.steps=1", own("true"));
    settings.add("data.path=" + data);
    assertThat(SmallRun.rows(SmallRun.train(settings, false), 1, Table.SCORES))
        .allMatch(score -> score.reward() == 1);
  }

  @Test
  void figuresOfAnEvaluationAreOfWhatIsRightHoweverManyPointsItGets() throws IOException {
    SmallRun.spark();
    List<String> settings =
        SmallRun.settings(
            temporary,
            "evaluated",
            "run.steps=1",
            "verifier.name=mine",
            own("CASE WHEN sample = 0 THEN 2 ELSE 0.3 * sample END"),
            "data.eval_path=" + temporary.resolve("problems.jsonl"),
            "evaluate.every=1",
            "evaluate.samples=4",
            "evaluate.k=[1, 4]");
    RunFolder run = SmallRun.train(settings, false);
    // One of four is right, the first; the others have 0.3, 0.6 and 0.9 points.
    assertThat(SmallRun.rows(run, 1, Table.EVALUATIONS))
        .filteredOn(row -> row.metric().equals("pass") && row.k() == 1)
        .singleElement()
        .satisfies(row -> assertThat(row.value()).isEqualTo(0.25));
    // (2 + 0.3 + 0.6 + 0.9) / 4, whose deviation is 0.7416.
    assertThat(SmallRun.rows(run, 1, Table.METRICS).get(0))
        .satisfies(row -> assertThat(row.reward()).isCloseTo(0.95, within(1e-12)))
        .satisfies(row -> assertThat(row.rewardStd()).isCloseTo(0.741619848, within(1e-8)));
  }

  private void refuses(String message, String... sets) throws IOException {
    List<String> settings = SmallRun.settings(temporary, "refused", sets);
    CommandResult result = CommandResult.of(SmallRun.arguments("prepare", settings));
    assertThat(result.err().strip()).startsWith(message);
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(temporary.resolve("refused")).doesNotExist();
  }

  @Test
  void whatCannotBeUsedIsRefusedBeforeThereIsAFolder() throws IOException {
    SmallRun.spark();
    refuses("Invalid verifier.own: the sql of mine: [PARSE_SYNTAX_ERROR]", own("1 +"));
    refuses("Invalid verifier.own: the sql of mine: [UNRESOLVED_COLUMN", own("anwser = '2'"));
    refuses(
        "Invalid verifier.own: the sql of mine: [TABLE_OR_VIEW_NOT_FOUND]",
        own("(SELECT 1 FROM no_such)"));
    refuses(
        "Invalid verifier.own: the sql of mine is ARRAY<STRING> (must be a verdict as STRING, a BOOLEAN, or a number)",
        own("gold_answers"));
    refuses(
        "Invalid verifier.own: the sql of mine is another value each time", own("rand() > 0.5"));
    refuses(
        "Invalid verifier.own: math (must not have the name of another verifier)",
        "verifier.own=[{name: math, sql: \"true\"}]");
    refuses(
        "Invalid verifier.own[0].name: My (must be 1 to 64 lower-case letters",
        "verifier.own=[{name: My, sql: \"true\"}]");
    refuses("Invalid verifier.name: min (did you mean mine?)", own("true"), "verifier.name=min");
  }

  /** The example of the documentation as a jar. */
  private Path jar() throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "verifiers.md"));
    String source = docs.replaceFirst("(?s).*?```java\\n(.*?)```.*", "$1");
    Path file = Files.createDirectories(temporary.resolve("my")).resolve("SameDay.java");
    Files.writeString(file, source);
    Path classes = Files.createDirectories(temporary.resolve("classes"));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                MainProcess.classPath(),
                "-d",
                classes.toString(),
                file.toString());
    assertThat(code).isZero();
    Path jar = temporary.resolve("same-day.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry("my/SameDay.class"));
      entries.write(Files.readAllBytes(classes.resolve("my/SameDay.class")));
      entries.putNextEntry(new JarEntry("META-INF/services/dev.kindling.udf.Verifier"));
      entries.write("my.SameDay\n".getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  @Test
  void aVerifierInAJarThatSparkIsGivenJudgesARun() throws Exception {
    Path properties = temporary.resolve("spark.conf");
    Files.writeString(properties, "spark.jars " + jar() + "\nspark.ui.enabled false\n");
    List<String> command = new ArrayList<>(MainProcess.submitted(properties));
    List<String> settings = new ArrayList<>();
    settings.addAll(SmallRun.settings(temporary, "run", "run.steps=1", "verifier.name=same_day"));
    command.addAll(List.of(SmallRun.arguments("train", settings)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    List<ScoreRow> scores = SmallRun.rows(SmallRun.folder(temporary, "run"), 1, Table.SCORES);
    assertThat(scores).hasSize(SmallRun.PROMPTS * SmallRun.SAMPLES);
    // No answer of that policy is a date.
    assertThat(each(scores, ScoreRow::verdict)).containsExactly("UNPARSEABLE");
    assertThat(each(scores, ScoreRow::reason)).containsExactly("there is no date");
  }
}
