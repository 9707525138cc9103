package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.udf.worker.WorkerLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Figures of evaluations that are small enough to be worked out by hand. */
class EvaluateTest {
  private static final double LOG_W = Math.log(0.25);

  private static ScoreRow score(
      String example, int sample, String extracted, boolean correct, double logW) {
    String verdict = correct ? "CORRECT" : extracted == null ? "UNPARSEABLE" : "WRONG";
    return new ScoreRow(
        example, sample, "", "", "", extracted, verdict, correct ? 1.0 : 0.0, logW, 8, null, 0);
  }

  /** Samples of one example by their extracted answers, of which {@code gold} is correct. */
  private static ScoreRow[] group(String example, String gold, String... extracted) {
    List<ScoreRow> rows = new ArrayList<>();
    for (String answer : extracted) {
      rows.add(score(example, rows.size(), answer, gold.equals(answer), LOG_W));
    }
    return rows.toArray(new ScoreRow[0]);
  }

  /** An example of level {@code hard} if its id has an h, else of none. */
  private static PromptRow prompt(String id, String verifier) {
    return new PromptRow(
        id,
        "jsonl",
        "test",
        0,
        "?",
        new int[] {1},
        "",
        List.of("7"),
        new int[] {2},
        verifier,
        "{}",
        id.contains("h") ? "hard" : "");
  }

  private static Dataset<Row> examples(String verifier, List<String> metrics, ScoreRow... rows) {
    SparkSession spark = SparkTest.session();
    List<PromptRow> prompts =
        Stream.of(rows)
            .map(ScoreRow::exampleId)
            .distinct()
            .map(id -> prompt(id, verifier))
            .toList();
    return ExampleFigures.rows(
        spark,
        Table.PROMPTS.of(spark, prompts),
        Table.SCORES.of(spark, List.of(rows)).repartition(2),
        null,
        WorkerLimits.DEFAULT,
        metrics);
  }

  private static List<EvaluationRow> rows(
      String verifier, List<String> metrics, ScoreRow... scores) {
    return Evaluate.figures(
        examples(verifier, metrics, scores), new Evaluate.Subject(3, "eval", metrics, 1));
  }

  /** Values over all examples by name. */
  private static Map<String, Double> values(List<String> metrics, ScoreRow... scores) {
    return rows("exact_string", metrics, scores).stream()
        .filter(row -> row.level().isEmpty() && row.value() != null)
        .collect(Collectors.toMap(EvaluationRow::name, EvaluationRow::value));
  }

  private static ScoreRow[] all(ScoreRow[]... groups) {
    return Stream.of(groups).flatMap(Arrays::stream).toArray(ScoreRow[]::new);
  }

  @Test
  void passAtKIsTheShareOfSubsetsOfKSamplesWithACorrectOne() {
    Map<String, Double> values =
        values(
            List.of("pass@1", "pass@2", "pass@3", "pass@4"), group("a", "7", "7", "1", "7", "2"));
    // Two of four are correct. Of the 6 pairs one has none, {1, 3}; every triple has one.
    assertThat(values.get("pass@1")).isEqualTo(0.5);
    assertThat(values.get("pass@2")).isCloseTo(5.0 / 6, within(1e-15));
    assertThat(values).containsEntry("pass@3", 1.0).containsEntry("pass@4", 1.0);
  }

  @Test
  void figuresAreMeansOverExamplesAndOverThoseOfEachLevel() {
    List<EvaluationRow> rows =
        rows(
            "exact_string",
            List.of("pass@2"),
            all(
                group("a", "7", "7", "1", "1", "1"),
                group("h1", "7", "1", "1", "1", "1"),
                group("h2", "7", "7", "7", "7", "7")));
    // 1 - C(3,2)/C(4,2) = 1/2, 0 and 1; the last two are hard.
    assertThat(rows)
        .extracting(
            EvaluationRow::step,
            EvaluationRow::set,
            EvaluationRow::level,
            EvaluationRow::metric,
            EvaluationRow::k,
            EvaluationRow::value,
            EvaluationRow::examples,
            EvaluationRow::samples)
        .containsExactly(
            tuple(3L, "eval", "", "pass", 2, 0.5, 3L, 4.0),
            tuple(3L, "eval", "hard", "pass", 2, 0.5, 2L, 4.0));
    // Two examples are both 0 in a quarter of the resamples, and both 1 in another.
    assertThat(rows.get(1).low()).isZero();
    assertThat(rows.get(1).high()).isEqualTo(1);
  }

  @Test
  void theMeanAtKIsTheShareOfTheFirstKThatAreCorrect() {
    assertThat(values(List.of("mean@1", "mean@2", "mean@4"), group("a", "7", "1", "7", "7", "7")))
        .isEqualTo(Map.of("mean@1", 0.0, "mean@2", 0.5, "mean@4", 0.75));
  }

  @Test
  void anExampleWithFewerThanKRolloutsDoesNotCountForPassAtK() {
    List<EvaluationRow> rows =
        rows(
            "exact_string",
            List.of("pass@1", "pass@3"),
            all(group("a", "7", "7", "7"), group("b", "7", "1", "1", "1")));
    assertThat(rows).extracting(EvaluationRow::value).containsExactly(0.5, 0.0);
    assertThat(rows).extracting(EvaluationRow::examples).containsExactly(2L, 1L);
    assertThat(values(List.of("pass@3"), group("a", "7", "7", "7"))).isEmpty();
  }

  @Test
  void theMostFrequentAnswerOfTheFirstKDecides() {
    ScoreRow[] group = group("a", "7", "1", "7", "7", "1", "1");
    // 1 leads, then 7 draws level behind 1, then leads 2:1, is caught 2:2, and loses 3:2.
    assertThat(values(List.of("maj@1", "maj@2", "maj@3", "maj@4", "maj@5"), group))
        .isEqualTo(Map.of("maj@1", 0.0, "maj@2", 0.0, "maj@3", 1.0, "maj@4", 0.0, "maj@5", 0.0));
  }

  @Test
  void answersThatTheVerifierHoldsEqualVoteTogether() {
    // As texts 1 has most votes; 50%, 0.5 and .50 are one number.
    ScoreRow[] group =
        new ScoreRow[] {
          score("a", 0, "1", false, LOG_W),
          score("a", 1, "50%", true, LOG_W),
          score("a", 2, "1", false, LOG_W),
          score("a", 3, "0.5", true, LOG_W),
          score("a", 4, ".50", true, LOG_W)
        };
    List<String> majority = List.of("maj@5");
    assertThat(rows("exact_string", majority, group).get(0).value()).isEqualTo(0);
    assertThat(rows("number", majority, group).get(0).value()).isEqualTo(1);
    assertThat(rows("finqa_number", majority, group).get(0).value()).isEqualTo(1);
  }

  @Test
  void aTieGoesToTheAnswerThatCameFirst() {
    assertThat(values(List.of("maj@4"), group("a", "7", "7", "1", "1", "7")))
        .containsEntry("maj@4", 1.0);
    assertThat(values(List.of("maj@4"), group("a", "7", "1", "7", "7", "1")))
        .containsEntry("maj@4", 0.0);
  }

  @Test
  void rolloutsWithoutAnAnswerDoNotVote() {
    assertThat(values(List.of("maj@2", "maj@4"), group("a", "7", null, null, "7", null)))
        .isEqualTo(Map.of("maj@2", 0.0, "maj@4", 1.0));
  }

  @Test
  void faultsOfTheVerifierAreNoEvidence() {
    ScoreRow fault =
        new ScoreRow("a", 0, "", "", "", null, "TIMEOUT", null, LOG_W, 8, "too slow", 0);
    List<EvaluationRow> rows =
        rows(
            "exact_string",
            List.of("pass@1", "mean@1", "maj@1", "mean@2"),
            fault,
            score("a", 1, "7", true, LOG_W),
            score("a", 2, "1", false, LOG_W));
    // The first sample says nothing, so there is no figure of the first alone.
    assertThat(rows).extracting(EvaluationRow::value).containsExactly(0.5, null, null, 1.0);
    assertThat(rows).extracting(EvaluationRow::samples).containsOnly(2.0);
  }

  @Test
  void logPHatIsTheMeanOverExamplesOfTheLogOfTheMeanLikelihood() {
    Map<String, Double> values =
        values(
            List.of("log_p_hat"),
            score("a", 0, "1", false, Math.log(0.5)),
            score("a", 1, "1", false, Math.log(0.25)),
            // Far below what a double can hold without the logarithm.
            score("b", 0, "1", false, -2000),
            score("b", 1, "1", false, -2000 + Math.log(3)));
    // log (0.75 / 2) = log 0.375, and -2000 + log ((1 + 3) / 2).
    assertThat(values.get("log_p_hat"))
        .isCloseTo((Math.log(0.375) - 2000 + Math.log(2)) / 2, within(1e-12));
  }

  @Test
  void anImpossibleGoldAnswerMakesLogPHatMinusInfinity() {
    ScoreRow impossible = score("a", 0, "1", false, Double.NEGATIVE_INFINITY);
    assertThat(values(List.of("log_p_hat"), impossible))
        .containsEntry("log_p_hat", Double.NEGATIVE_INFINITY);
  }

  @Test
  void noEvidenceGivesNoFigures() {
    List<EvaluationRow> rows =
        rows(
            "exact_string",
            List.of("pass@1", "log_p_hat"),
            new ScoreRow("a", 0, "", "", "", null, "ERROR", null, LOG_W, 8, "broken", 0));
    assertThat(rows)
        .extracting(EvaluationRow::value, EvaluationRow::low, EvaluationRow::examples)
        .containsOnly(tuple(null, null, 0L))
        .hasSize(2);
  }

  @Test
  void aComparisonIsOfExamplesWithEvidenceUnderBothAndNamesTheFlips() {
    List<String> metrics = List.of("pass@1", "maj@1");
    ScoreRow fault = new ScoreRow("e", 0, "", "", "", null, "ERROR", null, LOG_W, 8, "broken", 0);
    Dataset<Row> ours =
        examples(
            "exact_string",
            metrics,
            all(
                group("a", "7", "7", "7"),
                group("b", "7", "7", "1"),
                group("c", "7", "1", "7"),
                group("d", "7", "1", "1"),
                group("e", "7", "7")));
    Dataset<Row> theirs =
        examples(
            "exact_string",
            metrics,
            all(
                group("a", "7", "1", "1"),
                group("b", "7", "7", "1"),
                group("c", "7", "7", "1"),
                group("d", "7", "1", "1"),
                new ScoreRow[] {fault}));
    Compare.Comparison comparison = Compare.compare(ours, theirs, metrics, "maj@1", 1);
    // Of a to d: 1, .5, .5, 0 against 0, .5, .5, 0; by the first sample 1, 1, 0, 0 and 0, 1, 1, 0.
    Compare.Difference pass = comparison.differences().get(0);
    assertThat(List.of(pass.value(), pass.against(), pass.difference()))
        .containsExactly(0.5, 0.25, 0.25);
    assertThat(pass.examples()).isEqualTo(4);
    // Differences 1, 0, 0, 0: no example of four is the 1 in 32 % of resamples, 3 are in 5 %.
    assertThat(List.of(pass.low(), pass.high())).containsExactly(0.0, 0.75);
    assertThat(comparison.differences().get(1).difference()).isZero();
    assertThat(comparison.flips()).isEqualTo(new Compare.Flips(List.of("a"), List.of("c")));
    assertThat(comparison.flips().pValue()).isEqualTo(1);
  }

  @Test
  void mcNemarsExactProbabilityIsTwiceTheTailOfAFairCoin() {
    List<String> none = List.of();
    List<String> five = List.of("a", "b", "c", "d", "e");
    // 2 (C(6,0) + C(6,1)) / 2^6 and 2 / 2^5.
    assertThat(new Compare.Flips(five, List.of("f")).pValue()).isEqualTo(14.0 / 64);
    assertThat(new Compare.Flips(none, five).pValue()).isEqualTo(1.0 / 16);
    assertThat(new Compare.Flips(none, none).pValue()).isEqualTo(1);
  }
}
