package dev.kindling.stage.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.rapids.Planner;
import dev.kindling.row.RowCodec;
import dev.kindling.row.TokenSignalsRow;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What RAPIDS' planner says of marks on an update's tokens, which come from a policy's tasks. */
class RapidsMarksTest {
  private static final RowCodec<TokenSignalsRow> CODEC = new RowCodec<>(TokenSignalsRow.class);
  private static final Planner LENIENT = Planner.lenient();
  private static final Planner STRICT = Planner.strict();

  /** The loss that each of them goes with. */
  private static String loss(String regulariser) {
    return switch (regulariser) {
      case "kl-cov" -> "ratio";
      case "clip-cov" -> "clipped-ratio";
      default -> "policy-gradient";
    };
  }

  private static Dataset<Row> marks(Planner planner, String regulariser) {
    double[] numbers = {-1, -2};
    TokenSignalsRow row =
        new TokenSignalsRow(
            0,
            "e",
            0,
            new int[] {2, 3},
            2,
            numbers,
            numbers,
            numbers,
            numbers,
            numbers,
            new int[] {0, 1});
    Dataset<Row> signals =
        planner
            .spark()
            .createDataFrame(
                JavaSparkContext.fromSparkContext(planner.spark().sparkContext())
                    .parallelize(List.of(CODEC.toRow(row))),
                CODEC.schema());
    Configuration conf =
        Configuration.load(
            List.of(),
            List.of(
                "objective.name=grpo",
                "objective.success=verified",
                "objective.loss=" + loss(regulariser),
                "objective.regularisers=[" + regulariser + "]"));
    return TokenMarks.marks(
        TokenMarks.tokens(signals, 1, 1), conf.objectiveOf().loss().batchWide());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lp-reg", "lp-reg-code", "high-entropy", "kl-cov", "clip-cov"})
  void onlyTheRowsThatComeFromTasksAreOffTheGpu(String regulariser) {
    assertThat(Planner.off(marks(LENIENT, regulariser)))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("! <RDDScanExec>"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lp-reg", "lp-reg-code", "high-entropy"})
  void theSameWhereSumsMustKeepTheirOrder(String regulariser) {
    assertThat(Planner.off(marks(STRICT, regulariser)))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("! <RDDScanExec>"));
  }
}
