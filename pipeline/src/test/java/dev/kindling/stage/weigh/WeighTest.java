package dev.kindling.stage.weigh;

import static dev.kindling.stage.StageRows.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Sft;
import dev.kindling.objective.Success;
import dev.kindling.row.CarriedRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.Objectives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The weights of an example, worked out by hand. */
class WeighTest {
  private static final double NONE = Double.NEGATIVE_INFINITY;
  private final SparkSession spark = SparkTest.session();

  private List<WeightRow> weigh(Objective objective, ScoreRow... scores) {
    Dataset<Row> rows = Table.SCORES.of(spark, List.of(scores));
    return Table.WEIGHTS.collect(Weigh.weigh(rows, objective, 17, 3).orderBy("example_id"));
  }

  private static Objective garl(double q) {
    return Objectives.garl(Success.LIKELIHOOD, q, true, false);
  }

  @Test
  void atQOneCoefficientsAreWeightsOverTheirMeanMinusOne() {
    WeightRow row =
        weigh(garl(1), score("a", 1, "WRONG", Math.log(0.2)), score("a", 0, "WRONG", Math.log(0.6)))
            .get(0);
    assertThat(row.samples()).containsExactly(0, 1);
    assertThat(row.rationaleCoefs()).containsExactly(new double[] {0.5, -0.5}, within(1e-15));
    assertThat(row.answerCoefs()).containsExactly(new double[] {1.5, 0.5}, within(1e-15));
    assertThat(row.pHat()).isCloseTo(0.4, within(1e-15));
    assertThat(row.amplification()).isCloseTo(2.5, within(1e-14));
    // (0.6 + 0.2)^2 / (0.36 + 0.04)
    assertThat(row.effectiveSampleSize()).isCloseTo(1.6, within(1e-14));
    assertThat(row.answerSource()).isEqualTo("gold");
    assertThat(row.resampled()).isNull();
  }

  @Test
  void theBaselineOfADominatingSampleIsThatOfTheOthersAtOneInTenToTheTwenty() {
    double gap = 20 * Math.log(10);
    WeightRow row =
        weigh(
                garl(0.75),
                score("a", 0, "WRONG", -200),
                score("a", 1, "WRONG", -200 - gap),
                score("a", 2, "WRONG", -200 - gap))
            .get(0);
    // e^-50 (3^0.75 - (1e-20)^0.25): what 1 - 1e-20 rounds away is the fifth digit here.
    double expected = Math.exp(-50) * (Math.pow(3, 0.75) - 1e-5);
    assertThat(row.rationaleCoefs()[0]).isCloseTo(expected, within(1e-13 * expected));
  }

  @Test
  void faultsOfTheVerifierAreCountedAndLeftOut() {
    List<WeightRow> rows =
        weigh(
            Objective.of(new Rloo()),
            score("a", 0, "CORRECT", -1),
            score("a", 1, "TIMEOUT", Double.NaN),
            score("a", 2, "UNPARSEABLE", -1),
            score("a", 3, "ERROR", -1),
            score("a", 4, "WRONG", -1),
            score("b", 0, "ERROR", -1));
    WeightRow a = rows.get(0);
    assertThat(a.samples()).containsExactly(0, 2, 4);
    assertThat(a.rationaleCoefs()).containsExactly(1, -0.5, -0.5);
    assertThat(a.pVerified()).isCloseTo(1 / 3.0, within(1e-15));
    // The likelihood's stand beside it: e^-1 in each of the three.
    assertThat(a.logPHat()).isCloseTo(-1, within(1e-15));
    assertThat(a.pHat()).isCloseTo(Math.exp(-1), within(1e-15));
    assertThat(a.logW()).containsExactly(-1, -1, -1);
    assertThat(List.of(a.rollouts(), a.correct(), a.wrong(), a.unparseable()))
        .containsExactly(3, 1, 1, 1);
    assertThat(List.of(a.timeout(), a.error())).containsExactly(1, 1);
    WeightRow b = rows.get(1);
    assertThat(b.rollouts()).isZero();
    assertThat(b.rationaleCoefs()).isEmpty();
    assertThat(b.error()).isEqualTo(1);
    assertThat(b.logPHat()).isEqualTo(NONE);
    assertThat(b.logPVerified()).isEqualTo(NONE);
    assertThat(b.pVerified()).isZero();
  }

  @Test
  void bothEstimatesMeanTheSameInEveryArm() {
    for (Objective objective : List.of(Objective.of(new Rloo()), garl(0.75))) {
      WeightRow row =
          weigh(
                  objective,
                  score("a", 0, "WRONG", Math.log(0.6)),
                  score("a", 1, "CORRECT", Math.log(0.2)))
              .get(0);
      assertThat(row.logPHat()).isCloseTo(Math.log(0.4), within(1e-15));
      assertThat(row.pVerified()).isEqualTo(0.5);
      assertThat(row.logPVerified()).isCloseTo(Math.log(0.5), within(1e-15));
    }
  }

  @Test
  void anExampleThatIsNeverRightHasCoefficientsOfZero() {
    for (Objective objective : List.of(garl(0), garl(0.5), garl(1), Objectives.paft(1, 0, true))) {
      WeightRow row =
          weigh(objective, score("a", 0, "WRONG", NONE), score("a", 1, "WRONG", NONE)).get(0);
      assertThat(row.rationaleCoefs()).as(objective.toString()).containsExactly(0, 0);
      assertThat(row.answerCoefs()).as(objective.toString()).containsExactly(0, 0);
      assertThat(row.pHat()).isZero();
      assertThat(row.effectiveSampleSize()).isZero();
      assertThat(row.amplification()).isEqualTo(row.q() == 0 ? 1 : Double.POSITIVE_INFINITY);
    }
  }

  @Test
  void aSingleSampleHasNoBaseline() {
    // w = 0.25 and q = 0.5: w / w^q.
    WeightRow row = weigh(garl(0.5), score("a", 0, "WRONG", Math.log(0.25))).get(0);
    assertThat(row.rationaleCoefs()[0]).isCloseTo(0.5, within(1e-15));
    WeightRow atOne = weigh(garl(1), score("a", 0, "WRONG", Math.log(0.25))).get(0);
    assertThat(atOne.rationaleCoefs()).containsExactly(1);
  }

  @Test
  void withVerifiedSuccessTheCoefficientIsThatOfTheWholeSampledSequence() {
    WeightRow row =
        weigh(
                Objectives.garl(Success.VERIFIED, 0.5, true, true),
                score("a", 0, "CORRECT", -9),
                score("a", 1, "WRONG", -9),
                score("a", 2, "WRONG", -9),
                score("a", 3, "WRONG", -9))
            .get(0);
    // w̄ = 1/4; c = 1/√(1/4) - 0 for the right one, else 0 - √(1/3); M^q = 2.
    double others = -Math.sqrt(1 / 3.0) / 2;
    assertThat(row.rationaleCoefs())
        .containsExactly(new double[] {1, others, others, others}, within(1e-15));
    assertThat(row.answerCoefs()).isEqualTo(row.rationaleCoefs());
    assertThat(row.answerSource()).isEqualTo("sampled");
  }

  @Test
  void thePosteriorDrawsOfPaftCanBeRepeatedWithMd5() throws Exception {
    int draws = 50;
    WeightRow row =
        weigh(
                Objectives.paft(1, draws, false),
                score("a/b", 0, "WRONG", Math.log(0.1)),
                score("a/b", 1, "WRONG", NONE),
                score("a/b", 2, "WRONG", Math.log(0.4)))
            .get(0);
    int[] counts = new int[3];
    for (int k = 1; k <= draws; k++) {
      byte[] key = ("17/3/a/b/" + k).getBytes(StandardCharsets.UTF_8);
      String hex = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(key));
      double uniform = Long.parseLong(hex.substring(0, 13), 16) / Math.pow(2, 52);
      counts[uniform < 0.2 ? 0 : 2]++;
    }
    assertThat(row.resampled()).isEqualTo(counts);
    assertThat(counts[0]).isBetween(1, 20);
    // n (M/K) at q = 1.
    assertThat(row.rationaleCoefs()[2]).isCloseTo(counts[2] * 3.0 / draws, within(1e-13));
  }

  @Test
  void weightsAreTheSameBitsHoweverTheScoresArePartitioned(@TempDir Path folder)
      throws IOException {
    List<ScoreRow> scores = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      for (int m = 0; m < 5; m++) {
        String verdict = (i * 7 + m * 3) % 4 == 0 ? "CORRECT" : "WRONG";
        scores.add(score("e" + i, m, verdict, -Math.abs(Math.sin(i + 11.0 * m)) * 30));
      }
    }
    Objective objective = Objectives.paft(0.75, 0, true);
    List<String> tables = new ArrayList<>();
    for (int partitions : new int[] {1, 2, 7}) {
      Dataset<Row> rows = Table.SCORES.of(spark, scores).repartition(partitions);
      String path = folder.resolve("weights-" + partitions).toString();
      assertThat(Table.WEIGHTS.write(1, Weigh.weigh(rows, objective, 1, 1), path)).isEqualTo(40);
      tables.add(
          String.join(
              "\n",
              Table.WEIGHTS.read(spark, path).orderBy("example_id").toJSON().collectAsList()));
    }
    assertThat(tables.get(0)).contains("\"example_id\":\"e39\"");
    assertThat(tables.get(1)).isEqualTo(tables.get(0));
    assertThat(tables.get(2)).isEqualTo(tables.get(0));
  }

  @Test
  void samplesThatAreWrittenOutHaveTheBitsOfListedOnes() {
    List<ScoreRow> scores = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      for (int m = 0; m < 1 + i % 5; m++) {
        String verdict = List.of("CORRECT", "WRONG", "TIMEOUT").get((i + 2 * m) % 3);
        double logW = i == 7 ? NONE : -Math.abs(Math.sin(i + 11.0 * m)) * 30;
        scores.add(score("e%02d".formatted(i), 2 * m, verdict, logW));
      }
    }
    Dataset<Row> carried =
        Table.CARRIED.of(spark, List.of(new CarriedRow("e03", -4, 5, 4, 2.5, 2)));
    for (Objective objective :
        List.of(
            garl(0.75),
            Objective.of(new Garl(Success.LIKELIHOOD, QSchedule.constant(0.5), true, true, 0.9)),
            Objectives.paft(0.75, 0, true),
            Objectives.paft(0.25, 7, false),
            Objectives.grpo(0, Aggregation.TOKEN_MEAN),
            Objective.of(new Rloo()),
            Objective.of(new Sft()))) {
      List<String> listed = json(new ListedSamples(), objective, carried, scores);
      assertThat(listed).hasSize(40);
      // Samples of an even number from 0 to 8 leave gaps, and 10 leaves room.
      for (int width : new int[] {9, 10, WrittenSamples.MOST}) {
        assertThat(json(new WrittenSamples(width), objective, carried, scores))
            .as(objective.toString())
            .isEqualTo(listed);
      }
    }
  }

  private List<String> json(
      SampleLayout layout, Objective objective, Dataset<Row> carried, List<ScoreRow> scores) {
    return Weigh.weigh(
            Table.SCORES.of(spark, scores),
            layout,
            carried,
            objective,
            objective.estimator().columns(),
            1,
            1)
        .orderBy("example_id")
        .toJSON()
        .collectAsList();
  }

  @Test
  void scoresOfSixteenMebibytesAreWrittenOutWhereTheirSamplesFitOneLong() {
    Dataset<Row> many =
        spark.range(400_000).selectExpr("CAST(id % 64 AS INT) AS sample", "rand(1) AS log_w");
    assertThat(SampleLayout.of(many)).isEqualTo(new ListedSamples());
    Dataset<Row> more =
        spark.range(2_000_000).selectExpr("CAST(id % 64 AS INT) AS sample", "rand(1) AS log_w");
    assertThat(SampleLayout.of(more)).isEqualTo(new WrittenSamples(64));
    Dataset<Row> wide = more.selectExpr("sample + 1 AS sample", "log_w");
    assertThat(SampleLayout.of(wide)).isEqualTo(new ListedSamples());
  }

  @Test
  void onlyTheWeightsOfManyScoresAreCompiledAndTheSessionIsAsBefore() throws IOException {
    String setting = "spark.sql.codegen.factoryMode";
    String before = spark.conf().get(setting);
    spark.conf().set(setting, "NO_CODEGEN");
    try {
      List<String> during = new ArrayList<>();
      for (long rows : new long[] {1000, 2_000_000}) {
        Dataset<Row> scores = spark.range(rows).selectExpr("id", "rand(1) AS log_w");
        CompiledSql.writing(
            scores,
            () -> {
              during.add(spark.conf().get(setting));
              return rows;
            });
        assertThat(spark.conf().get(setting)).isEqualTo("NO_CODEGEN");
      }
      assertThat(during).containsExactly("NO_CODEGEN", "FALLBACK");
    } finally {
      spark.conf().set(setting, before);
    }
  }

  @Test
  void aScoreThatCannotBeUsedIsRefusedByName() {
    assertThatThrownBy(() -> weigh(garl(1), score("a", -1, "WRONG", -1)))
        .hasStackTraceContaining("Invalid sample of example a: -1 (must be >= 0)");
    assertThatThrownBy(() -> weigh(garl(1), score("a", 2, "WRONG", Double.NaN)))
        .hasStackTraceContaining(
            "Invalid log_w of example a sample 2: NaN (must be a number below infinity)");
    assertThatThrownBy(() -> weigh(garl(1), score("a", 2, "MAYBE", -1)))
        .hasStackTraceContaining("Invalid verdict of example a sample 2: MAYBE (must be CORRECT,");
    ScoreRow noReward = new ScoreRow("a", 2, "", "", "", null, "WRONG", null, -1, 8, null, 0);
    assertThatThrownBy(() -> weigh(garl(1), noReward))
        .hasStackTraceContaining(
            "Invalid reward of example a sample 2: null (must be a finite number)");
    assertThatThrownBy(() -> weigh(garl(1), score("a", 2, "WRONG", -1), score("a", 2, "WRONG", -2)))
        .hasStackTraceContaining("Invalid scores of example a (a sample must come once)");
  }
}
