package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.objective.Objective;
import dev.kindling.rapids.Planner;
import dev.kindling.rapids.StepTables;
import dev.kindling.udf.worker.WorkerLimits;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What RAPIDS' planner says of the stages beside the weights. */
class RapidsStagesTest {
  private static final StepTables LENIENT = StepTables.of(Planner.lenient());
  private static final StepTables STRICT = StepTables.of(Planner.strict());
  private static final Objective GRPO =
      Configuration.load(List.of(), List.of("objective.name=grpo", "objective.success=verified"))
          .objectiveOf();

  private static Dataset<Row> metrics(StepTables tables) {
    return Measure.figures(
        new Measure.Tables(tables.rollouts(), tables.scores(), tables.weights(GRPO)));
  }

  @Test
  void theFiguresOfAStepAreOnTheGpu() {
    assertThat(Planner.off(metrics(LENIENT))).isEmpty();
  }

  @Test
  void theirSumsOfRealNumbersStayWithTheJvmWhereTheyMustKeepTheirOrder() {
    assertThat(Planner.off(metrics(STRICT)))
        .filteredOn(line -> line.startsWith("!Expression"))
        .isNotEmpty()
        .allMatch(line -> line.contains("spark.rapids.sql.variableFloatAgg.enabled"))
        .allMatch(line -> line.matches("!Expression <(Average|Sum|ArrayAggregate|Percentile)> .*"));
  }

  @Test
  void theCountsOfRefillTheAnswersToBeJudgedAndTheEvidenceOfAnEvaluationAreOnTheGpu() {
    assertThat(Planner.off(Refill.counts(STRICT.weights(GRPO)))).isEmpty();
    assertThat(Planner.off(Score.answers(STRICT.prompts(), STRICT.rollouts()))).isEmpty();
    assertThat(Planner.off(ExampleFigures.grouped(STRICT.prompts(), STRICT.scores()))).isEmpty();
  }

  @Test
  void ofScoresAndFiguresOnlyTheRowsThatComeFromTasksAreOffTheGpu() {
    Dataset<Row> scores =
        Score.score(
            STRICT.planner().spark(),
            STRICT.prompts(),
            STRICT.rollouts(),
            new Score.Judges(null, SqlVerifiers.NONE, WorkerLimits.DEFAULT));
    Dataset<Row> figures =
        ExampleFigures.rows(
            STRICT.planner().spark(),
            STRICT.prompts(),
            STRICT.scores(),
            null,
            WorkerLimits.DEFAULT,
            List.of("pass@1"));
    for (Dataset<Row> rows : List.of(scores, figures)) {
      assertThat(Planner.off(rows))
          .isNotEmpty()
          .allMatch(line -> line.startsWith("! <RDDScanExec>"));
    }
  }
}
