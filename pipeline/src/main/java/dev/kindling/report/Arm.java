package dev.kindling.report;

import dev.kindling.check.Check;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import java.util.List;

/**
 * One run as a report shows it, side by side with the others.
 *
 * @param name name of the run, unique enough for a reader to tell the arms apart
 * @param highlights what sets this arm apart in a few words, for example {@code garl q=0.75
 *     likelihood}; may be empty
 * @param metrics committed steps in ascending order; empty for a run that has none yet
 * @param evaluations figures of all evaluations, in ascending order of their steps, the first set
 *     first; empty for a run that was never evaluated
 * @param rollouts some of the run's, in ascending order of their steps; may be empty
 * @param configuration the effective configuration as YAML
 */
public record Arm(
    String name,
    String highlights,
    List<MetricsRow> metrics,
    List<EvaluationRow> evaluations,
    List<SampledRollout> rollouts,
    String configuration) {
  /** Checks the order of the steps, on which every line and every "last" of the report rests. */
  public Arm {
    metrics = List.copyOf(metrics);
    evaluations = List.copyOf(evaluations);
    rollouts = List.copyOf(rollouts);
    Check check = new Check().that(!name.isBlank(), "arm", name, "must have a name");
    for (int i = 1; i < metrics.size(); i++) {
      long step = metrics.get(i).step();
      check.that(
          step > metrics.get(i - 1).step(), "step of arm " + name, step, "must ascend, once each");
    }
    check.done();
  }

  /** What came of it, from its first to its last figure; of a run with at least one step. */
  public String outcome() {
    Series outcome = Series.outcome(this);
    return (Series.evaluated(this) ? "pass@1" : "training reward")
        + " went from "
        + Numbers.share(outcome.first())
        + " to "
        + Numbers.share(outcome.last());
  }
}
