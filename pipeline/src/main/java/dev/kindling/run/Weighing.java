package dev.kindling.run;

import static dev.kindling.row.Table.CARRIED;
import static dev.kindling.row.Table.SCORES;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.check.InvalidInputException;
import dev.kindling.stage.Score;
import dev.kindling.stage.weigh.Carry;
import dev.kindling.stage.weigh.CompiledSql;
import dev.kindling.stage.weigh.Weigh;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A step's scores to weights, and the estimates that are carried on where there are any. */
final class Weighing {
  private final Run run;

  Weighing(Run run) {
    this.run = run;
  }

  /**
   * Writes 4-weights and, where estimates are carried, 4-carried; gives the rows of the first.
   *
   * @throws InvalidInputException if too many verdicts are faults of the verifier
   */
  long weigh(long step) throws IOException {
    Dataset<Row> scores = run.read(step, SCORES);
    long rows = CompiledSql.writing(scores, () -> run.write(WEIGHTS, weighed(step, scores)));
    if (run.carriesEstimates()) {
      run.write(CARRIED, Carry.next(run.carried(step - 1), run.read(step, WEIGHTS), step));
    }
    return rows;
  }

  /** The weights of what the step has scored so far. */
  Dataset<Row> weighed(long step) throws IOException {
    return weighed(step, run.read(step, SCORES));
  }

  private Dataset<Row> weighed(long step, Dataset<Row> scores) throws IOException {
    Score.requireEvidence(scores, step, run.conf().verifier().maxFaultShare());
    return Weigh.weigh(
        scores, run.carried(step - 1), run.objective(), run.conf().run().seed(), step);
  }
}
