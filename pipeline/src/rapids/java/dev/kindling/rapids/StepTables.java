package dev.kindling.rapids;

import dev.kindling.objective.Objective;
import dev.kindling.row.CarriedRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.stage.StageRows;
import dev.kindling.stage.weigh.Weigh;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The tables of a small step in files, for plans of stages.
 *
 * @param planner reads them
 * @param prompts rows of 1-prompts
 * @param rollouts rows of 2-rollouts
 * @param scores rows of 3-scores
 * @param carried rows of 4-carried of the step before
 */
public record StepTables(
    Planner planner,
    Dataset<Row> prompts,
    Dataset<Row> rollouts,
    Dataset<Row> scores,
    Dataset<Row> carried) {
  private static final int EXAMPLES = 6;
  private static final int SAMPLES = 4;

  /** Six examples of four samples each, of all verdicts. */
  public static StepTables of(Planner planner) {
    String[] verdicts = {"CORRECT", "WRONG", "UNPARSEABLE", "TIMEOUT", "WRONG"};
    List<PromptRow> prompts = new ArrayList<>();
    List<RolloutRow> rollouts = new ArrayList<>();
    List<ScoreRow> scores = new ArrayList<>();
    List<CarriedRow> carried = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      String id = "e" + i;
      prompts.add(StageRows.prompt(id, i, new int[] {1, 2}, 3, 4));
      carried.add(new CarriedRow(id, -1, 2, 2, 2, 1));
      for (int m = 0; m < SAMPLES; m++) {
        rollouts.add(StageRows.rollout(id, m, new int[] {5, 6}, new int[] {7}, -1, -2, -3));
        scores.add(StageRows.score(id, m, verdicts[(i + m) % verdicts.length], -m - i));
      }
    }
    return new StepTables(
        planner,
        planner.table(Table.PROMPTS, prompts),
        planner.table(Table.ROLLOUTS, rollouts),
        planner.table(Table.SCORES, scores),
        planner.table(Table.CARRIED, carried));
  }

  /** The weights that an objective gives, in files. */
  public Dataset<Row> weights(Objective objective) {
    Dataset<Row> rows = Weigh.weigh(scores, carried, objective, 1, 1);
    return planner.table(Table.WEIGHTS, Table.WEIGHTS.collect(rows));
  }
}
