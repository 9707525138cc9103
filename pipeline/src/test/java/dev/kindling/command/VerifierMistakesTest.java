package dev.kindling.command;

import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verifier that there is not, or that does not suit the records, never trains in silence. */
class VerifierMistakesTest {
  @TempDir Path temporary;

  private String[] train(List<String> sets, String... more) throws IOException {
    return SmallRun.arguments(
        "train", SmallRun.settings(temporary, "run", sets.toArray(new String[0])), more);
  }

  /** Four problems, of which each is a line of {@code id|answer|verifier}. */
  private String problems(String... problems) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String problem : problems) {
      String[] parts = problem.split("\\|", -1);
      String verifier = parts[2].isEmpty() ? "" : ",\"verifier\":\"" + parts[2] + "\"";
      lines.add(
          "{\"id\":\"%s\",\"prompt\":\"1+%d?\",\"answer\":\"%s\"%s}\n"
              .formatted(parts[0], lines.size(), parts[1], verifier));
    }
    Path file = temporary.resolve("some.jsonl");
    Files.write(file, lines);
    return "data.path=" + file;
  }

  @Test
  void aRecordWithAMisspeltVerifierIsNamedAndLeavesNoRunFolderBehind() throws IOException {
    // A blank line follows each record.
    String data = problems("a|2|exact_string", "b|2|exact_strng", "c|2|exact_strng");
    refuses(
        "Cannot use some.jsonl: record 2 (id 'b'):"
            + " Invalid verifier: exact_strng (did you mean exact_string?)",
        train(List.of(data)));
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aVerifierOfTheSettingsThatThereIsNotIsRefusedBeforeAFolderIsMade() throws IOException {
    refuses(
        "Invalid verifier.name: substring_mach (did you mean substring_match?)",
        train(List.of("verifier.name=substring_mach")));
    refuses(
        "Invalid verifier.name: sympy (must be one of answer_match, exact_match, exact_string,"
            + " finqa_number, finqa_program, json_equal, math, multiple_choice, number, regex,"
            + " substring_match)",
        train(List.of("verifier.name=sympy")));
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void anEvaluationByAVerifierThatThereIsNotIsRefused() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run");
    assertThat(CommandResult.of(SmallRun.arguments("prepare", settings)).code()).isZero();
    refuses(
        "Invalid verifier.name: exact_sting (did you mean exact_string?)",
        "evaluate",
        "--run",
        temporary.resolve("run").toString(),
        "--set",
        "verifier.name=exact_sting");
  }

  @Test
  void aStepOfFaultsStopsTheRunBeforeItsWeights() throws IOException {
    String[] faults = {"verifier.name=finqa_number", "run.steps=1"};
    CommandResult result = CommandResult.of(train(Arrays.asList(faults)));
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    RunFolder run = SmallRun.folder(temporary, "run");
    PromptRow first =
        SmallRun.rows(run, 1, Table.PROMPTS).stream()
            .min((a, b) -> a.exampleId().compareTo(b.exampleId()))
            .orElseThrow();
    String example =
        "example %s sample %d: ERROR, finqa_number failed: gold answer '%s' is neither";
    assertThat(result.err())
        .startsWith(
            "Invalid verdicts of step 1: 16 of 16 are faults of the verifier"
                + " (verifier.max_fault_share is 0.5): ")
        .contains(example.formatted(first.exampleId(), 0, first.goldAnswers().get(0)))
        .contains(example.formatted(first.exampleId(), 2, first.goldAnswers().get(0)))
        .doesNotContain("sample 3");
    assertThat(SmallRun.local(run.table(1, Table.SCORES.name()))).exists();
    assertThat(SmallRun.local(run.table(1, Table.WEIGHTS.name()))).doesNotExist();
    assertThat(run.committedSteps()).containsExactly(0L);

    CommandResult weigh = CommandResult.of("weigh", "--run", run.root().toString());
    assertThat(weigh.err()).isEqualTo(result.err());
    List<String> allowed = new ArrayList<>(Arrays.asList(faults));
    allowed.add("verifier.max_fault_share=1");
    assertThat(CommandResult.of(train(allowed, "--resume")).code()).isZero();
    assertThat(run.committedSteps()).containsExactly(0L, 1L);
  }

  @Test
  void faultsStopAStepBeforeItSamplesFurtherPrompts() throws IOException {
    CommandResult result =
        CommandResult.of(
            train(
                List.of(
                    "verifier.name=finqa_number",
                    "objective.name=grpo",
                    "objective.success=verified",
                    "objective.dynamic_sampling.max_rounds=3",
                    "run.steps=1")));
    assertThat(result.err()).startsWith("Invalid verdicts of step 1: 16 of 16 are faults");
    RunFolder run = SmallRun.folder(temporary, "run");
    assertThat(run.tables(1, Table.PROMPTS.name())).hasSize(1);
  }

  @Test
  void faultsUpToTheShareAreLeftOut() throws IOException {
    List<String> settings = new ArrayList<>();
    settings.add(problems("a|2|", "b|2|", "c|=|finqa_number", "d|=|finqa_number"));
    settings.add("run.steps=1");
    settings.add("verifier.max_fault_share=0.49");
    CommandResult result = CommandResult.of(train(settings));
    assertThat(result.err())
        .startsWith("Invalid verdicts of step 1: 8 of 16 are faults of the verifier (")
        .contains(" is 0.49): example c sample 0: ERROR, ");
    settings.set(2, "verifier.max_fault_share=0.5");
    assertThat(CommandResult.of(train(settings, "--resume")).code()).isZero();
    assertThat(SmallRun.rows(SmallRun.folder(temporary, "run"), 1, Table.WEIGHTS))
        .extracting(WeightRow::error)
        .containsExactlyInAnyOrder(0, 0, 4, 4);
  }

  @Test
  void goldAnswersThatTheVerifierDoesNotTellApartAreToldOf() throws IOException {
    String data = problems("a|acd|exact_match", "b|-5|exact_match", "c|3|", "d|2|substring_match");
    assertThat(told("first", data))
        .contains(
            "Gold answers of 2 of 4 examples look like numbers or formulas, and exact_match deletes"
                + " signs, points and operators: for example '-5' (id 'b');"
                + " answer_match compares them");
    problems("a|2|", "b|-5|exact_string");
    assertThat(told("second", data)).isNotEmpty().noneMatch(line -> line.contains("look like"));
  }

  /** What is told while a run of this data is prepared. */
  private List<String> told(String run, String data) throws IOException {
    List<String> lines = new ArrayList<>();
    AbstractAppender appender =
        new AbstractAppender("told", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            lines.add(event.getMessage().getFormattedMessage());
          }
        };
    Logger logger = (Logger) LogManager.getLogger(Progress.class);
    Level level = logger.getLevel();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    try {
      List<String> settings = SmallRun.settings(temporary, run, data);
      assertThat(CommandResult.of(SmallRun.arguments("prepare", settings)).code()).isZero();
    } finally {
      logger.setLevel(level);
      logger.removeAppender(appender);
    }
    return lines;
  }
}
