package dev.kindling.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Success;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.Objectives;
import dev.kindling.stage.StageRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What arXiv:2604.25907 proves of the family J_Q, from closed forms and by enumeration of a policy
 * with two rationales, whose samples the stage weighs.
 */
class TheoryTest {
  private static final double[] RATIONALES = {0.7, 0.3};
  private static final double[] LIKELIHOODS = {0.02, 0.4};

  /** P and its gradient by the logit of the second rationale. */
  private static final double SUCCESS = 0.7 * 0.02 + 0.3 * 0.4;

  private static final double SLOPE = 0.7 * 0.3 * (0.4 - 0.02);

  /** Every group of M samples as an example, named by the rationales it drew. */
  private static List<WeightRow> groups(Objective objective, int samples) {
    List<ScoreRow> scores = new ArrayList<>();
    for (int group = 0; group < 1 << samples; group++) {
      for (int m = 0; m < samples; m++) {
        double logW = Math.log(LIKELIHOODS[group >> m & 1]);
        scores.add(StageRows.score(String.valueOf(group), m, "WRONG", logW));
      }
    }
    return weigh(scores, objective);
  }

  private static List<WeightRow> weigh(List<ScoreRow> scores, Objective objective) {
    SparkSession spark = SparkTest.session();
    return Table.WEIGHTS.collect(
        Weigh.weigh(Table.SCORES.of(spark, scores), objective, 1, 1).orderBy("example_id"));
  }

  private static double probability(WeightRow row) {
    double probability = 1;
    for (int m = 0; m < row.rollouts(); m++) {
      probability *= RATIONALES[Integer.parseInt(row.exampleId()) >> m & 1];
    }
    return probability;
  }

  /** Expectation of (1/M) Σ coefficient · ∇log p(z) by the second rationale's logit. */
  private static double expected(List<WeightRow> rows, boolean baseline) {
    double sum = 0;
    for (WeightRow row : rows) {
      double[] coefs = baseline ? row.rationaleCoefs() : row.answerCoefs();
      for (int m = 0; m < coefs.length; m++) {
        int rationale = Integer.parseInt(row.exampleId()) >> m & 1;
        sum += probability(row) * coefs[m] * (rationale - RATIONALES[1]) / coefs.length;
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25, 0.5, 0.75, 1})
  void theLeaveOneOutBaselineLeavesTheExpectationAsItIs(double q) {
    for (int samples = 2; samples <= 4; samples++) {
      List<WeightRow> rows = groups(Objectives.garl(Success.LIKELIHOOD, q, true, false), samples);
      assertThat(expected(rows, true)).isCloseTo(expected(rows, false), within(1e-14));
    }
  }

  @Test
  void atQZeroTheGradientIsUnbiasedForAnyNumberOfSamples() {
    for (int samples = 1; samples <= 6; samples++) {
      List<WeightRow> rows = groups(Objectives.garl(Success.LIKELIHOOD, 0, true, false), samples);
      assertThat(expected(rows, true)).isCloseTo(SLOPE, within(1e-15));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5, 0.75, 1})
  void theBiasFallsAsOneOverTheNumberOfSamples(double q) {
    double exact = Math.pow(SUCCESS, -q) * SLOPE;
    double[] bias = new double[7];
    for (int samples = 1; samples <= 6; samples++) {
      List<WeightRow> rows = groups(Objectives.garl(Success.LIKELIHOOD, q, true, false), samples);
      bias[samples] = Math.abs(expected(rows, true) - exact);
      assertThat(bias[samples]).isLessThan(samples == 1 ? Double.MAX_VALUE : bias[samples - 1]);
      // A bias of order 1/M, and not of a smaller power: M times it stays within a factor of 2.
      assertThat(samples * bias[samples] / bias[1]).isBetween(0.5, 2.0);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void paftHasTheExpectationOfGarlWithoutBaseline(double q) {
    int draws = 3;
    List<WeightRow> garl = groups(Objectives.garl(Success.LIKELIHOOD, q, true, true), 4);
    List<WeightRow> paft = groups(Objectives.paft(q, draws, true), 4);
    for (int i = 0; i < garl.size(); i++) {
      double[] coefs = paft.get(i).rationaleCoefs();
      double each = 0;
      double total = 0;
      for (int m = 0; m < coefs.length; m++) {
        total += Math.exp(paft.get(i).logW()[m]);
        each = paft.get(i).resampled()[m] > 0 ? coefs[m] / paft.get(i).resampled()[m] : each;
      }
      for (int m = 0; m < coefs.length; m++) {
        double times = draws * Math.exp(paft.get(i).logW()[m]) / total;
        assertThat(each * times).isCloseTo(garl.get(i).answerCoefs()[m], within(1e-14));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25, 0.5, 0.75, 1})
  void gradientFlowOfASigmoidEscapesInTheTimeOfTheIntegral(double q) {
    double[] time = timesToOneHalf(q);
    for (int decade = 1; decade <= 5; decade++) {
      double start = Math.pow(10, -decade);
      double exact = integral(u -> 1 / (Math.pow(u, 2 - q) * (1 - u) * (1 - u)), start, 0.5);
      assertThat(time[decade]).isCloseTo(exact, within(0.01 * exact));
    }
  }

  /**
   * By decade, the time in which dθ/dt = −dℓ_q/dθ leads P = σ(θ) from 10^-decade to 1/2: the sum of
   * dθ/speed (midpoint rule), the speed being that which the stage gives a sample of likelihood P,
   * its coefficient times d log P/dθ = 1 − P.
   */
  private static double[] timesToOneHalf(double q) {
    int parts = 200;
    List<ScoreRow> scores = new ArrayList<>();
    for (int decade = 1; decade <= 5; decade++) {
      for (int part = 0; part < parts; part++) {
        double theta = logit(Math.pow(10, -decade)) * (part + 0.5) / parts;
        String id = decade + "/" + part;
        scores.add(StageRows.score(id, 0, "WRONG", -Math.log1p(Math.exp(-theta))));
      }
    }
    Objective garl = Objectives.garl(Success.LIKELIHOOD, q, true, false);
    double[] times = new double[6];
    for (WeightRow row : weigh(scores, garl)) {
      int decade = row.exampleId().charAt(0) - '0';
      double width = -logit(Math.pow(10, -decade)) / parts;
      times[decade] += width / (row.answerCoefs()[0] * (1 - row.pHat()));
    }
    return times;
  }

  private static double logit(double p) {
    return Math.log(p / (1 - p));
  }

  /** Simpson's rule in log u. */
  private static double integral(DoubleUnaryOperator f, double from, double to) {
    int parts = 2000;
    double width = (Math.log(to) - Math.log(from)) / parts;
    double sum = 0;
    for (int i = 0; i <= parts; i++) {
      double u = from * Math.exp(i * width);
      int weight = i == 0 || i == parts ? 1 : 2 + 2 * (i % 2);
      sum += weight * f.applyAsDouble(u) * u;
    }
    return sum * width / 3;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5, 0.75, 1})
  void theMinimiserOfNoisyLabelsIsTheEscortDistribution(double q) {
    double[] noisy = {0.7, 0.2, 0.1};
    double total = 0;
    for (double share : noisy) {
      total += Math.pow(share, 1 / q);
    }
    double[] escort = new double[3];
    for (int j = 0; j < 3; j++) {
      escort[j] = Math.pow(noisy[j], 1 / q) / total;
    }
    // Stationary among distributions: the slopes -α_j θ_j^-q are equal, θ_j^-q being the stage's.
    List<ScoreRow> labels = new ArrayList<>();
    for (int j = 0; j < 3; j++) {
      labels.add(StageRows.score("label " + j, 0, "WRONG", Math.log(escort[j])));
    }
    List<WeightRow> rows = weigh(labels, Objectives.garl(Success.LIKELIHOOD, q, true, false));
    double slope = noisy[0] * rows.get(0).amplification();
    assertThat(noisy[1] * rows.get(1).amplification()).isCloseTo(slope, within(1e-12 * slope));
    assertThat(noisy[2] * rows.get(2).amplification()).isCloseTo(slope, within(1e-12 * slope));
    double least = loss(noisy, escort, q);
    for (int from = 0; from < 3; from++) {
      for (double move : new double[] {1e-3, -1e-3}) {
        double[] other = escort.clone();
        other[from] += move;
        other[(from + 1) % 3] -= move;
        assertThat(loss(noisy, other, q)).isGreaterThan(least);
      }
    }
  }

  /** Σ α_j ℓ_q(θ_j), ℓ_q = −log_q. */
  private static double loss(double[] shares, double[] theta, double q) {
    double sum = 0;
    for (int j = 0; j < shares.length; j++) {
      double log = q == 1 ? Math.log(theta[j]) : (Math.pow(theta[j], 1 - q) - 1) / (1 - q);
      sum -= shares[j] * log;
    }
    return sum;
  }
}
