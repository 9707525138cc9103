package dev.kindling.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Garl;
import dev.kindling.objective.MaxRl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Paft;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Success;
import dev.kindling.row.CarriedRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.Objectives;
import dev.kindling.stage.StageRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The query that users recompute the weights with agrees with the stage. */
class AuditSqlTest {
  private final SparkSession spark = SparkTest.session();
  private final Dataset<Row> scores = Table.SCORES.of(spark, scores());

  /**
   * Groups of 1 to 6 samples between w = 1 and e^-200, with faults, ties and impossible answers.
   */
  private static List<ScoreRow> scores() {
    Random random = new Random(4);
    List<ScoreRow> rows = new ArrayList<>();
    String[] verdicts = {"CORRECT", "WRONG", "UNPARSEABLE", "WRONG", "CORRECT", "TIMEOUT"};
    for (int i = 0; i < 60; i++) {
      for (int m = 0; m < 1 + i % 6; m++) {
        String verdict = m == 0 ? "CORRECT" : verdicts[random.nextInt(verdicts.length)];
        double logW = i % 10 == 9 ? Double.NEGATIVE_INFINITY : -random.nextDouble() * (i % 5) * 50;
        rows.add(StageRows.score("e" + i, m, verdict, logW));
      }
    }
    return rows;
  }

  private Map<String, List<Row>> query(String success, double q) throws IOException {
    String text = Files.readString(Path.of("..", "docs", "audit.sql"));
    assertThat(text).contains("'likelihood' AS success", "17 AS seed");
    scores.createOrReplaceTempView("scores");
    Objective garl = Objectives.garl(Success.named(success), q, true, true);
    Weigh.weigh(scores, garl, 17, 1).createOrReplaceTempView("weights");
    Table.CARRIED.of(spark, List.of()).createOrReplaceTempView("carried");
    return rows(text.replace("'likelihood' AS success", "'" + success + "' AS success"));
  }

  private Map<String, List<Row>> rows(String query) {
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Row row : spark.sql(query).collectAsList()) {
      rows.computeIfAbsent(row.getAs("example_id"), any -> new ArrayList<>()).add(row);
    }
    return rows;
  }

  private List<WeightRow> weigh(Objective objective) {
    return Table.WEIGHTS.collect(Weigh.weigh(scores, objective, 17, 1));
  }

  private static void agree(String column, double[] stage, List<Row> rows) {
    double[] query =
        rows.stream().mapToDouble(r -> ((Number) r.getAs(column)).doubleValue()).toArray();
    assertThat(stage).as(column).hasSameSizeAs(query);
    double largest = Arrays.stream(query).map(Math::abs).max().orElseThrow();
    for (int m = 0; m < query.length; m++) {
      if (Double.isInfinite(query[m])) {
        assertThat(stage[m]).as(column).isEqualTo(query[m]);
      } else {
        // log w near -200 loses two of the logarithm's digits when it is raised.
        assertThat(stage[m]).as(column).isCloseTo(query[m], within(1e-9 * largest));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.75, 1})
  void theQueryHasTheStagesEstimatesAndCoefficientsOfTheContinuum(double q) throws IOException {
    Map<String, List<Row>> query = query("likelihood", q);
    List<WeightRow> garl = weigh(Objectives.garl(Success.LIKELIHOOD, q, true, true));
    assertThat(garl).hasSize(60);
    for (WeightRow row : garl) {
      List<Row> rows = query.get(row.exampleId());
      agree("garl_rationale_coef", row.rationaleCoefs(), rows);
      agree("garl_answer_coef", row.answerCoefs(), rows);
      agree("log_w", row.logW(), rows);
      List<Row> first = rows.subList(0, 1);
      agree("m", new double[] {row.rollouts()}, first);
      agree("p_hat", new double[] {row.pHat()}, first);
      agree("log_p_hat", new double[] {row.logPHat()}, first);
      agree("p_verified", new double[] {row.pVerified()}, first);
      agree("log_p_verified", new double[] {row.logPVerified()}, first);
      agree("amplification", new double[] {row.amplification()}, first);
      agree("effective_sample_size", new double[] {row.effectiveSampleSize()}, first);
    }
    for (WeightRow row : weigh(Objectives.paft(q, 0, true))) {
      List<Row> rows = query.get(row.exampleId());
      agree("paft_resampled", Arrays.stream(row.resampled()).asDoubleStream().toArray(), rows);
      agree("paft_coef", row.rationaleCoefs(), rows);
    }
  }

  @Test
  void theQueryHasTheStagesEstimatesAndCoefficientsOverSeveralVisits() throws IOException {
    QSchedule adaptive = new QSchedule(QSchedule.Shape.ADAPTIVE, 1, 0, 1, 0.1);
    Objective garl = Objective.of(new Garl(Success.LIKELIHOOD, adaptive, true, true, 0.5));
    Objective paft = Objective.of(new Paft(Success.LIKELIHOOD, adaptive, 0, true, 0.5));
    // The first visit sees every third sample, of which some examples have none.
    Dataset<Row> first = Weigh.weigh(scores.where("hash(example_id, sample) % 3 = 0"), garl, 17, 1);
    List<CarriedRow> left =
        Table.CARRIED.collect(Carry.next(Table.CARRIED.of(spark, List.of()), first, 1));
    assertThat(left.size()).isBetween(20, 59);
    Dataset<Row> carried = Table.CARRIED.of(spark, left);
    carried.createOrReplaceTempView("carried");
    scores.createOrReplaceTempView("scores");
    Dataset<Row> weights = Weigh.weigh(scores, carried, garl, 17, 2);
    weights.createOrReplaceTempView("weights");
    String text = Files.readString(Path.of("..", "docs", "audit.sql"));
    assertThat(text).contains("0e0 AS carry", " 1 AS step");
    Map<String, List<Row>> query =
        rows(text.replace("0e0 AS carry", "0.5e0 AS carry").replace(" 1 AS step", " 2 AS step"));
    List<WeightRow> rows = Table.WEIGHTS.collect(weights);
    assertThat(rows.stream().map(WeightRow::q).distinct().count()).isGreaterThan(10);
    for (WeightRow row : rows) {
      List<Row> ofExample = query.get(row.exampleId());
      List<Row> one = ofExample.subList(0, 1);
      agree("carried_log_p", new double[] {row.carriedLogP()}, one);
      agree("carried_count", new double[] {row.carriedCount()}, one);
      agree("carried_sample_size", new double[] {row.carriedSampleSize()}, one);
      agree("amplification", new double[] {row.amplification()}, one);
      agree("garl_rationale_coef", row.rationaleCoefs(), ofExample);
      agree("garl_answer_coef", row.answerCoefs(), ofExample);
    }
    for (WeightRow row : Table.WEIGHTS.collect(Weigh.weigh(scores, carried, paft, 17, 2))) {
      agree("paft_coef", row.rationaleCoefs(), query.get(row.exampleId()));
    }
  }

  @Test
  void theQueryHasTheStagesAdvantages() throws IOException {
    Map<String, List<Row>> query = query("verified", 0.75);
    for (WeightRow row : weigh(Objectives.grpo(0, Aggregation.TOKEN_MEAN))) {
      agree("grpo_advantage", row.rationaleCoefs(), query.get(row.exampleId()));
    }
    for (WeightRow row : weigh(Objective.of(new Rloo()))) {
      agree("rloo_advantage", row.rationaleCoefs(), query.get(row.exampleId()));
    }
    for (WeightRow row : weigh(Objective.of(new MaxRl(MaxRl.Variant.CODE)))) {
      agree("maxrl_advantage", row.rationaleCoefs(), query.get(row.exampleId()));
    }
    for (WeightRow row : weigh(Objectives.garl(Success.VERIFIED, 0.75, false, true))) {
      agree("garl_rationale_coef", row.rationaleCoefs(), query.get(row.exampleId()));
    }
  }
}
