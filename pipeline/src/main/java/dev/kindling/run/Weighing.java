package dev.kindling.run;

import static dev.kindling.row.Table.CARRIED;
import static dev.kindling.row.Table.SCORES;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.check.InvalidInputException;
import dev.kindling.objective.DynamicSampling;
import dev.kindling.stage.Refill;
import dev.kindling.stage.Score;
import dev.kindling.stage.weigh.Carry;
import dev.kindling.stage.weigh.CompiledSql;
import dev.kindling.stage.weigh.Weigh;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A step's scores to weights, the further round of sampling that these ask for, and the estimates
 * that are carried on where there are any.
 */
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
    requireEvidence(step, scores);
    long rows = CompiledSql.writing(scores, () -> write(step, scores));
    if (run.carriesEstimates()) {
      run.write(CARRIED, Carry.next(run.carried(step - 1), run.read(step, WEIGHTS), step));
    }
    return rows;
  }

  private long write(long step, Dataset<Row> scores) throws IOException {
    Dataset<Row> carried = run.carried(step - 1);
    return run.objective().estimator().differsByStep()
        ? run.write(WEIGHTS, weighed(step, scores, carried))
        : run.write(WEIGHTS, List.of(SCORES), of -> weighed(step, of.get(0), carried));
  }

  private void requireEvidence(long step, Dataset<Row> scores) throws IOException {
    Row faults = run.collect("faults", List.of(SCORES), of -> Score.faults(of.get(0))).get(0);
    Score.requireEvidence(faults, scores, step, run.conf().verifier().maxFaultShare());
  }

  /**
   * Holds that the step has all its rounds of sampling, which a refill that was left out or killed
   * has not made.
   *
   * @throws InvalidInputException naming the table that is missing
   */
  void requireRefilled(long step) throws IOException {
    if (next(step).isPresent()) {
      throw new InvalidInputException(
          "Missing table %s: too few prompts of step %d have rewards that differ yet (run the stage that writes it: refill)"
              .formatted(run.folder().table(step, run.rounds(step), SCORES.name()), step));
    }
  }

  /**
   * The prompts of the round behind those that the step has scored; empty where none is to come.
   */
  Optional<Refill.Round> next(long step) throws IOException {
    Optional<DynamicSampling> sampling = run.objective().sampling();
    if (sampling.isEmpty() || run.rounds(step) >= sampling.get().maxRounds()) {
      return Optional.empty();
    }
    Dataset<Row> scores = run.read(step, SCORES);
    requireEvidence(step, scores);
    return Optional.of(
            Refill.next(
                weighed(step, scores, run.carried(step - 1)), sampling.get(), run.examples()))
        .filter(round -> round.count() > 0);
  }

  private Dataset<Row> weighed(long step, Dataset<Row> scores, Dataset<Row> carried) {
    return Weigh.weigh(scores, carried, run.objective(), run.conf().run().seed(), step);
  }
}
