package dev.kindling.theory;

import dev.kindling.objective.Garl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Success;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.weigh.Weigh;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * The coefficients that {@code weigh} gives with GARL at one q, asked for all cases at once: a step
 * of a tiny policy takes less than the start of a Spark job.
 */
final class StageCoefficients {
  /** Log-likelihoods that are weighed, from 0 down. */
  private static final int POINTS = 401;

  private static final double DISTANCE = 0.1;

  private final double q;
  private final double[] logOfGold;
  private final double[][] ofVerdicts;

  private StageCoefficients(double q, double[] logOfGold, double[][] ofVerdicts) {
    this.q = q;
    this.logOfGold = logOfGold;
    this.ofVerdicts = ofVerdicts;
  }

  /**
   * Weighs them: two jobs.
   *
   * @param q exponent of the amplification, in [0, 1]
   * @param samples size of a group of verdicts, at least 2
   */
  static StageCoefficients of(SparkSession spark, double q, int samples) {
    double[] logOfGold = new double[POINTS];
    List<ScoreRow> likelihoods = new ArrayList<>();
    for (int point = 0; point < POINTS; point++) {
      likelihoods.add(score(point, 0, false, -point * DISTANCE));
    }
    for (WeightRow row : weigh(spark, likelihoods, Success.LIKELIHOOD, q)) {
      logOfGold[Integer.parseInt(row.exampleId())] = Math.log(row.answerCoefs()[0]);
    }
    double[][] ofVerdicts = new double[samples + 1][];
    List<ScoreRow> verdicts = new ArrayList<>();
    for (int correct = 0; correct <= samples; correct++) {
      for (int sample = 0; sample < samples; sample++) {
        verdicts.add(score(correct, sample, sample < correct, 0));
      }
    }
    for (WeightRow row : weigh(spark, verdicts, Success.VERIFIED, q)) {
      ofVerdicts[Integer.parseInt(row.exampleId())] = row.answerCoefs();
    }
    return new StageCoefficients(q, logOfGold, ofVerdicts);
  }

  private static ScoreRow score(int example, int sample, boolean correct, double logW) {
    return new ScoreRow(
        String.valueOf(example),
        sample,
        "",
        "",
        "",
        null,
        correct ? "CORRECT" : "WRONG",
        correct ? 1.0 : 0.0,
        logW,
        1,
        null,
        0);
  }

  private static List<WeightRow> weigh(
      SparkSession spark, List<ScoreRow> scores, Success success, double q) {
    Objective garl = Objective.of(new Garl(success, QSchedule.constant(q), true, false, 0));
    return Table.WEIGHTS.collect(Weigh.weigh(Table.SCORES.of(spark, scores), garl, 1, 1));
  }

  /** The exponent of the amplification. */
  double q() {
    return q;
  }

  /** Size of a group of verdicts. */
  int samples() {
    return ofVerdicts.length - 1;
  }

  /**
   * The coefficient of a gold answer without a rationale, whose gradient is exact: any number of
   * samples has the same w. Between the weighed points a straight line in logarithms, which a power
   * of w is.
   *
   * @param logLikelihood of the answer, in [-40, 0]
   */
  double ofGold(double logLikelihood) {
    double place = -logLikelihood / DISTANCE;
    int point = Math.min((int) place, POINTS - 2);
    double share = place - point;
    return Math.exp(logOfGold[point] + share * (logOfGold[point + 1] - logOfGold[point]));
  }

  /**
   * The sum of the coefficients of a group's correct samples, over the size of the group.
   *
   * @param correct how many of the group are correct
   */
  double ofCorrect(int correct) {
    return correct == 0 ? 0 : correct * ofVerdicts[correct][0] / samples();
  }

  /** The same of its wrong samples. */
  double ofWrong(int correct) {
    int wrong = samples() - correct;
    return wrong == 0 ? 0 : wrong * ofVerdicts[correct][samples() - 1] / samples();
  }
}
