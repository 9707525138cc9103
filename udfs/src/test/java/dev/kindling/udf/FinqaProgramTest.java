package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FinQA's programs against the verdicts of FinQA's evaluator. */
class FinqaProgramTest {
  private static final String CONTEXT =
      """
      {"table": [["", "2009", "2008"], ["costs", "$ 120", "100 ( 100 )"], ["costs", "7", "9"]]}
      """;

  @Test
  void programsRunAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "program_execution")) {
      List<String> tokens = FinqaSteps.tokenize(golden.get("prediction").asText());
      assertThat(tokens).as(name(golden)).isEqualTo(GoldenCases.texts(golden.get("tokens")));
      checkResult(golden, tokens);
    }
  }

  @Test
  void predictionsAreRightOrWrongAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "exe_and_program_match")) {
      List<String> tokens = GoldenCases.texts(golden.get("prediction"));
      checkResult(golden, tokens);
      List<String> gold = FinqaSteps.tokenize(golden.get("gold_program").asText());
      assertThat(FinqaProgramMatch.isSame(gold, tokens))
          .as(name(golden))
          .isEqualTo(golden.get("expected").get("program_correct").asBoolean());
    }
  }

  private static void checkResult(JsonNode golden, List<String> tokens) {
    JsonNode expected = golden.get("expected");
    List<List<String>> table = new ArrayList<>();
    golden.get("table").forEach(row -> table.add(GoldenCases.texts(row)));
    Optional<FinqaResult> result = FinqaProgram.execute(tokens, table);
    assertThat(result.isEmpty()).as(name(golden)).isEqualTo(expected.get("invalid").asInt() == 1);
    if (result.isPresent()) {
      assertThat(result.get()).as(name(golden)).isEqualTo(result(expected.get("result")));
    }
    if (expected.has("exe_correct")) {
      boolean correct = result.isPresent() && result.get().matches(result(golden.get("gold")));
      assertThat(correct).as(name(golden)).isEqualTo(expected.get("exe_correct").asBoolean());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.0E23, 1.0E23",
    "2.0E-3, 0.002",
    // 2^-44
    "0x1p-44, 5.684341886080802E-14"
  })
  void aNumberIsWrittenInTheFewestDigitsWhateverTheJava(double number, String text) {
    assertThat(FinqaResult.number(number).text()).isEqualTo(text);
  }

  @Test
  void programsAreTokenizedAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "program_tokenization")) {
      assertThat(FinqaSteps.tokenize(golden.get("prediction").asText()))
          .as(name(golden))
          .isEqualTo(GoldenCases.texts(golden.get("expected")));
    }
  }

  @Test
  void operandsAreReadAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "str_to_num")) {
      FinqaResult expected = result(golden.get("expected"));
      OptionalDouble number = FinqaNumeral.parse(golden.get("prediction").asText());
      assertThat(number.isPresent()).as(name(golden)).isEqualTo(expected.word() == null);
      number.ifPresent(
          value -> assertThat(FinqaResult.number(value)).as(name(golden)).isEqualTo(expected));
    }
  }

  @Test
  void rowsAreReadAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "process_row")) {
      List<Double> expected = new ArrayList<>();
      golden.get("expected").forEach(cell -> expected.add(cell.asDouble()));
      assertThat(FinqaNumeral.parseRow(GoldenCases.texts(golden.get("prediction"))))
          .as(name(golden))
          .isEqualTo(golden.get("expected").isTextual() ? Optional.empty() : Optional.of(expected));
    }
  }

  @Test
  void programsAreTheSameAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "program_match")) {
      assertThat(
              FinqaProgramMatch.isSame(
                  FinqaSteps.tokenize(golden.get("gold").asText()),
                  FinqaSteps.tokenize(golden.get("prediction").asText())))
          .as(name(golden))
          .isEqualTo(golden.get("expected").asBoolean());
    }
  }

  @Test
  void resultsAreComparedAsInFinqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("finqa", "exe_compare")) {
      assertThat(result(golden.get("gold")).matches(result(golden.get("prediction"))))
          .as(name(golden))
          .isEqualTo(golden.get("expected").asBoolean());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.2  | subtract(120, 100), divide(#0, 100) | CORRECT | 0.2",
        "0.2  | divide(20, 99)         | WRONG       | 0.20202",
        "8    | table_average(costs, none) | CORRECT | 8.0",
        "yes  | greater(2, 1)          | CORRECT     | yes",
        "no   | greater(2, 1)          | WRONG       | yes",
        "0    | multiply(-1, 0)        | CORRECT     | 0.0",
        "1    | divide(1, 0)           | UNPARSEABLE |",
        "1    | exp(-8, 0.5)           | UNPARSEABLE |",
        "1    | table_sum(profit, none)| UNPARSEABLE |",
        "1    | the answer is 1        | UNPARSEABLE |",
        "1    | EOF                    | UNPARSEABLE |",
        "five | add(1, 4)              | ERROR       |",
      })
  void theVerifierRunsTheAnswerOnTheTableOfTheContext(
      String gold, String program, Verdict verdict, String extracted) {
    Judgement judgement = Verifiers.judge("finqa_program", List.of(gold), CONTEXT, program);
    assertThat(judgement.verdict()).isEqualTo(verdict);
    assertThat(judgement.extracted()).isEqualTo(extracted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#0", "# 0", "#0 #", "#00", "#+0", "#-0", "#\u00a00", "#٠", "#０"})
  void theNumberOfAStepIsReadAsPythonReadsAnInteger(String reference) {
    String program = "add(1, 2), add(" + reference + ", 3)";
    assertThat(Verifiers.judge("finqa_program", List.of("6"), CONTEXT, program).verdict())
        .isEqualTo(Verdict.CORRECT);
    assertThat(isSame("add(1, 2), add(3, #0)", program)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "#0.0", "#+ 0", "#_0", "#0__0", "#1", "#-1", "#0x0", "#99999999999"})
  void aReferenceToNoEarlierStepIsInvalid(String reference) {
    String program = "add(1, 2), add(" + reference + ", 3)";
    assertThat(Verifiers.judge("finqa_program", List.of("6"), CONTEXT, program).verdict())
        .isEqualTo(Verdict.UNPARSEABLE);
    assertThat(isSame(program, program)).isFalse();
  }

  @Test
  void theNumberOfAStepMayHaveUnderscores() {
    String program = "add(1, 2), ".repeat(10) + "add(3, 4), add(#1_0, 5)";
    assertThat(Verifiers.judge("finqa_program", List.of("12"), CONTEXT, program).verdict())
        .isEqualTo(Verdict.CORRECT);
  }

  @Test
  void aProgramThatRefersForwardsIsTheSameAsNoOtherThoughTheStepIsUnused() {
    String program = "add(1, #1), add(1, 2)";
    assertThat(isSame("add(1, 2)", program)).isFalse();
    assertThat(isSame(program, "add(1, 2)")).isFalse();
    assertThat(isSame(program, program)).isFalse();
    assertThat(isSame("add(1, 2)", "add(1, 1), add(1, 2)")).isTrue();
  }

  @Test
  void aProgramThatCalculatesWithAWordIsTheSameAsNoOther() {
    for (String program : List.of("greater(1, 2), add(#0, 1)", "greater(1, 2), greater(1, #0)")) {
      assertThat(isSame(program, program)).as(program).isFalse();
    }
    assertThat(isSame("greater(1, 2)", "greater(1, 2)")).isTrue();
  }

  private static boolean isSame(String gold, String program) {
    return FinqaProgramMatch.isSame(FinqaSteps.tokenize(gold), FinqaSteps.tokenize(program));
  }

  @Test
  void aContextWithoutATableIsTheVerifiersFault() {
    assertThat(Verifiers.judge("finqa_program", List.of("3"), "{}", "add(1, 2)"))
        .isEqualTo(Judgement.error("finqa_program failed: the context has no table"));
    assertThat(Verifiers.judge("finqa_program", List.of("3"), null, "add(1, 2)"))
        .isEqualTo(Judgement.error("finqa_program failed: the context has no table"));
    assertThat(Verifiers.judge("finqa_program", List.of("3"), "{", "add(1, 2)"))
        .isEqualTo(Judgement.error("finqa_program failed: the context is no JSON object"));
  }

  private static FinqaResult result(JsonNode value) {
    if (value.isNumber()) {
      return FinqaResult.number(value.asDouble());
    }
    return switch (value.asText()) {
      case "nan" -> FinqaResult.number(Double.NaN);
      case "inf" -> FinqaResult.number(Double.POSITIVE_INFINITY);
      case "-inf" -> FinqaResult.number(Double.NEGATIVE_INFINITY);
      default -> word(value);
    };
  }

  private static FinqaResult word(JsonNode value) {
    return FinqaResult.word(value.asText());
  }

  private static String name(JsonNode golden) {
    return golden.get("case").asText();
  }
}
