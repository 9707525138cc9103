package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Figures of evaluations that are small enough to be worked out by hand. */
class EvaluateTest {
  private static final double LOG_W = Math.log(0.25);

  private static ScoreRow score(
      String example, int sample, String extracted, boolean correct, double logW) {
    String verdict = correct ? "CORRECT" : extracted == null ? "UNPARSEABLE" : "WRONG";
    return new ScoreRow(
        example, sample, "", extracted, verdict, correct ? 1.0 : 0.0, logW, 8, null, 0);
  }

  /** Samples of one example by their extracted answers, of which {@code gold} is correct. */
  private static ScoreRow[] group(String example, String gold, String... extracted) {
    List<ScoreRow> rows = new ArrayList<>();
    for (String answer : extracted) {
      rows.add(score(example, rows.size(), answer, gold.equals(answer), LOG_W));
    }
    return rows.toArray(new ScoreRow[0]);
  }

  private static EvaluationFigures figures(List<Integer> ks, ScoreRow... rows) {
    return Evaluate.figures(Table.SCORES.of(SparkTest.session(), List.of(rows)), ks);
  }

  @Test
  void passAtKIsTheShareOfSubsetsOfKSamplesWithACorrectOne() {
    EvaluationFigures figures = figures(List.of(1, 2, 3, 4), group("a", "7", "7", "1", "7", "2"));
    // Two of four are correct. Of the 6 pairs one has none, {1, 3}; every triple has one.
    assertThat(figures.passAt1()).isEqualTo(0.5);
    assertThat(figures.passAtK().get(1)).isEqualTo(0.5);
    assertThat(figures.passAtK().get(2)).isCloseTo(5.0 / 6, within(1e-15));
    assertThat(figures.passAtK().get(3)).isEqualTo(1);
    assertThat(figures.passAtK().get(4)).isEqualTo(1);
    assertThat(figures.samples()).isEqualTo(4);
  }

  @Test
  void passAtKIsTheMeanOverExamples() {
    EvaluationFigures figures =
        figures(
            List.of(2),
            Stream.of(
                    group("a", "7", "7", "1", "1", "1"),
                    group("b", "7", "1", "1", "1", "1"),
                    group("c", "7", "7", "7", "7", "7"))
                .flatMap(Arrays::stream)
                .toArray(ScoreRow[]::new));
    // 1 - C(3,2)/C(4,2) = 1/2, 0 and 1.
    assertThat(figures.passAtK().get(2)).isCloseTo(0.5, within(1e-15));
    assertThat(figures.passAt1()).isCloseTo(1.25 / 3, within(1e-15));
    assertThat(figures.examples()).isEqualTo(3);
  }

  @Test
  void passAtMoreThanThereAreSamplesIsNotANumber() {
    assertThat(figures(List.of(3), group("a", "7", "7", "7")).passAtK().get(3)).isNaN();
  }

  @Test
  void theMostFrequentAnswerOfTheFirstKDecides() {
    ScoreRow[] group = group("a", "7", "1", "7", "7", "1", "1");
    // 1 leads, then 7 draws level behind 1, then leads 2:1, is caught 2:2, and loses 3:2.
    EvaluationFigures figures = figures(List.of(1, 2, 3, 4, 5), group);
    assertThat(figures.majAtK().values()).containsExactly(0.0, 0.0, 1.0, 0.0, 0.0);
  }

  @Test
  void aTieGoesToTheAnswerThatCameFirst() {
    assertThat(figures(List.of(4), group("a", "7", "7", "1", "1", "7")).majAtK().get(4))
        .isEqualTo(1);
    assertThat(figures(List.of(4), group("a", "7", "1", "7", "7", "1")).majAtK().get(4))
        .isEqualTo(0);
  }

  @Test
  void rolloutsWithoutAnAnswerDoNotVote() {
    ScoreRow[] oneVote = group("a", "7", null, null, "7", null);
    assertThat(figures(List.of(4), oneVote).majAtK().get(4)).isEqualTo(1);
    assertThat(figures(List.of(2), oneVote).majAtK().get(2)).isEqualTo(0);
  }

  @Test
  void faultsOfTheVerifierAreNoEvidence() {
    EvaluationFigures figures =
        figures(
            List.of(1),
            score("a", 0, "7", true, LOG_W),
            score("a", 1, "1", false, LOG_W),
            new ScoreRow("a", 2, "", null, "TIMEOUT", null, LOG_W, 8, "too slow", 0));
    assertThat(figures.passAt1()).isEqualTo(0.5);
    assertThat(figures.samples()).isEqualTo(2);
  }

  @Test
  void logPHatIsTheMeanOverExamplesOfTheLogOfTheMeanLikelihood() {
    EvaluationFigures figures =
        figures(
            List.of(1),
            score("a", 0, "1", false, Math.log(0.5)),
            score("a", 1, "1", false, Math.log(0.25)),
            // Far below what a double can hold without the logarithm.
            score("b", 0, "1", false, -2000),
            score("b", 1, "1", false, -2000 + Math.log(3)));
    // log (0.75 / 2) = log 0.375, and -2000 + log ((1 + 3) / 2).
    assertThat(figures.logPHat())
        .isCloseTo((Math.log(0.375) - 2000 + Math.log(2)) / 2, within(1e-12));
  }

  @Test
  void anImpossibleGoldAnswerMakesLogPHatMinusInfinity() {
    ScoreRow impossible = score("a", 0, "1", false, Double.NEGATIVE_INFINITY);
    assertThat(figures(List.of(1), impossible).logPHat()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void noEvidenceGivesNoFigures() {
    EvaluationFigures figures =
        figures(List.of(1), new ScoreRow("a", 0, "", null, "ERROR", null, LOG_W, 8, "broken", 0));
    assertThat(figures.examples()).isZero();
    assertThat(figures.passAt1()).isNaN();
    assertThat(figures.passAtK().get(1)).isNaN();
    assertThat(figures.logPHat()).isNaN();
  }
}
