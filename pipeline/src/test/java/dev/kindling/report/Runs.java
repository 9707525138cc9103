package dev.kindling.report;

import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import java.util.List;
import java.util.stream.LongStream;

/** Small runs whose numbers can be worked out by hand. */
public final class Runs {
  private Runs() {}

  /**
   * A step that took 4 + 3 + 2 + 1 + 2.5 = 12.5 seconds, with reward step / 100.
   *
   * @param evalPassAt1 null for a step without evaluation
   */
  public static MetricsRow step(long step, Double logPHat, Double evalPassAt1, double loss) {
    return step(step, logPHat, evalPassAt1, loss, Groups.PLAIN);
  }

  /** What dynamic sampling and an adaptive q made of a step's groups. */
  record Groups(long rounds, long dropped, Double qP10, Double qP50, Double qP90) {
    private static final Groups PLAIN = new Groups(1, 0, null, null, null);
  }

  /** The same with what became of its groups. */
  static MetricsRow step(
      long step, Double logPHat, Double evalPassAt1, double loss, Groups groups) {
    return new MetricsRow(
        step,
        step / 10.0,
        8,
        groups.rounds,
        groups.dropped,
        64,
        step / 100.0,
        0.25,
        0.5,
        logPHat,
        groups.qP50,
        groups.qP10,
        groups.qP50,
        groups.qP90,
        3.5,
        null,
        1.25,
        0.125,
        0.0,
        96.0,
        0.75,
        0.0625,
        loss,
        1.5,
        1e-6,
        0.01,
        2.25,
        0.0,
        1e-9,
        2e-9,
        3e-4,
        48,
        16,
        4096,
        evalPassAt1,
        null,
        4.0,
        3.0,
        null,
        2.0,
        1.0,
        2.5);
  }

  /** An arm of {@code steps} steps, never evaluated, whose log P̂ climbs by one from -8. */
  static Arm neverEvaluated(String name, int steps) {
    return arm(
        name, LongStream.rangeClosed(1, steps).mapToObj(i -> step(i, i - 9.0, null, 1)).toList());
  }

  /** An arm without rollouts; the interval of an evaluation is a tenth to both sides. */
  static Arm arm(String name, List<MetricsRow> metrics) {
    List<EvaluationRow> evaluations =
        metrics.stream()
            .filter(row -> row.evalPassAt1() != null)
            .map(row -> evaluation(row.step(), row.evalPassAt1()))
            .toList();
    return new Arm(
        name, "garl q=0.75", metrics, evaluations, List.of(), "objective:\n  name: garl\n");
  }

  /** pass@1 of a step's policy. */
  static EvaluationRow evaluation(long step, double value) {
    return new EvaluationRow(step, "eval", "", "pass", 1, value, value - 0.1, value + 0.1, 20, 1.0);
  }

  /** A report of arms. */
  static ReportData report(Arm... arms) {
    return new ReportData("Two arms", "One learns.", List.of(arms), "0.1.0", "2026-01-01", false);
  }
}
