package dev.kindling.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Success;
import dev.kindling.row.CarriedRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.StageRows;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Estimates of success over several visits, and an exponent for each example. */
class CarryTest {
  private static final double NONE = Double.NEGATIVE_INFINITY;

  private final SparkSession spark = SparkTest.session();
  private Dataset<Row> carried = Table.CARRIED.of(spark, List.of());

  private static Objective garl(QSchedule schedule, double carry) {
    return Objective.of(new Garl(Success.LIKELIHOOD, schedule, true, false, carry));
  }

  private List<WeightRow> visit(Objective objective, long step, ScoreRow... scores) {
    Dataset<Row> weights =
        Weigh.weigh(Table.SCORES.of(spark, List.of(scores)), carried, objective, 1, step);
    if (objective.estimator().carryDecay().isPresent()) {
      List<CarriedRow> rows = Table.CARRIED.collect(Carry.next(carried, weights, step));
      carried = Table.CARRIED.of(spark, rows);
    }
    return Table.WEIGHTS.collect(weights.orderBy("example_id"));
  }

  private static ScoreRow score(String example, int sample, double w) {
    return StageRows.score(example, sample, "WRONG", Math.log(w));
  }

  @Test
  void anEstimateIsTheMeanOfAllVisitsWithEarlierOnesDecayed() {
    Objective objective = garl(QSchedule.constant(1), 0.5);
    visit(objective, 1, score("a", 0, 0.1), score("a", 1, 0.3), score("b", 0, 0.5));
    WeightRow row = visit(objective, 2, score("a", 0, 0.2), score("a", 1, 0.6)).get(0);
    // Sum 0.5 · 0.4 + 0.8 = 1 of 0.5 · 2 + 2 = 3; squares 0.25 · 0.1 + 0.4 = 0.425.
    assertThat(row.carriedLogP()).isCloseTo(Math.log(1 / 3.0), within(1e-15));
    assertThat(row.carriedCount()).isEqualTo(3);
    assertThat(row.carriedSquareCount()).isEqualTo(2.5);
    assertThat(row.carriedSampleSize()).isCloseTo(1 / 0.425, within(1e-14));
    // w/P̃ minus the mean of the others over P̃: (0.2 - 0.6) · 3.
    assertThat(row.rationaleCoefs()).containsExactly(new double[] {-1.2, 1.2}, within(1e-14));
    assertThat(row.answerCoefs()).containsExactly(new double[] {0.6, 1.8}, within(1e-14));
    assertThat(row.amplification()).isCloseTo(3, within(1e-14));
    List<CarriedRow> rows = Table.CARRIED.collect(carried);
    assertThat(rows).extracting(CarriedRow::exampleId).containsExactly("a", "b");
    assertThat(rows).extracting(CarriedRow::visitedStep).containsExactly(2L, 1L);
  }

  @Test
  void anEstimateIsRightWhereLikelihoodsDoNotFitADouble() {
    Objective objective = garl(QSchedule.constant(0.5), 0.9);
    visit(objective, 1, StageRows.score("a", 0, "WRONG", -2000));
    WeightRow row = visit(objective, 2, StageRows.score("a", 0, "WRONG", -2000)).get(0);
    assertThat(row.carriedLogP()).isCloseTo(-2000, within(1e-9));
    // (1 + 0.9)² / (1 + 0.81): what 1.9 samples of equal weight count.
    assertThat(row.carriedSampleSize()).isCloseTo(3.61 / 1.81, within(1e-9));
  }

  @Test
  void anExampleThatWasNeverRightBeginsWithItsFirstSuccess() {
    Objective objective = garl(QSchedule.constant(1), 0.5);
    visit(objective, 1, StageRows.score("a", 0, "WRONG", NONE));
    assertThat(Table.CARRIED.collect(carried).get(0).logP()).isEqualTo(NONE);
    WeightRow row = visit(objective, 2, score("a", 0, 0.3)).get(0);
    assertThat(row.carriedLogP()).isCloseTo(Math.log(0.2), within(1e-15));
    assertThat(row.carriedSampleSize()).isCloseTo(1, within(1e-14));
  }

  @Test
  void anAdaptiveQIsFullWhereWeightsAgreeAndSmallWhereOneSampleCarriesThem() {
    Objective objective = garl(new QSchedule(QSchedule.Shape.ADAPTIVE, 0.9, 0, 1, 0.1), 0);
    List<WeightRow> rows =
        visit(
            objective,
            1,
            StageRows.score("agree", 0, "WRONG", -200),
            StageRows.score("agree", 1, "WRONG", -200),
            StageRows.score("lucky", 0, "WRONG", -1),
            StageRows.score("lucky", 1, "WRONG", NONE),
            StageRows.score("never", 0, "WRONG", NONE));
    assertThat(rows.get(0).q()).isEqualTo(0.9);
    // 1/ESS - 1/M = 1 - 1/2: q(q+1)/2 · 1/2 = 0.1.
    double q = rows.get(1).q();
    assertThat(q * (q + 1) / 4).isCloseTo(0.1, within(1e-15));
    assertThat(rows.get(2).q()).isZero();
  }

  @Test
  void aScheduleOfQIsAFunctionOfTheStep() {
    for (QSchedule.Shape shape : List.of(QSchedule.Shape.STEP, QSchedule.Shape.LINEAR)) {
      Objective objective = garl(new QSchedule(shape, 1, 0.2, 4, 1), 0);
      double[] q = new double[6];
      for (int step = 1; step < 6; step++) {
        q[step] = visit(objective, step, score("a", 0, 0.5)).get(0).q();
      }
      double[] expected =
          shape == QSchedule.Shape.STEP
              ? new double[] {0, 1, 1, 1, 1, 0.2}
              : new double[] {0, 1, 0.8, 0.6, 0.4, 0.2};
      assertThat(q).containsExactly(expected, within(1e-15));
    }
    Objective cosine = garl(new QSchedule(QSchedule.Shape.COSINE, 1, 0, 4, 1), 0);
    // Half way round the half circle after two of four steps.
    assertThat(visit(cosine, 3, score("a", 0, 0.5)).get(0).q()).isCloseTo(0.5, within(1e-15));
    assertThat(visit(cosine, 9, score("a", 0, 0.5)).get(0).q()).isCloseTo(0, within(1e-15));
  }
}
