package dev.kindling.row;

import java.util.List;
import java.util.Optional;

/**
 * One figure of an evaluation: a mean over examples with its 95 % interval.
 *
 * @param step step that made the policy; 0 for the first one
 * @param set name of the evaluation set
 * @param level the examples' level in their data set; empty in the figures of all examples
 * @param metric {@code pass} (unbiased share of k samples with a correct one), {@code mean} (share
 *     of the first k samples that are correct), {@code maj} (whether the answer that most of the
 *     first k samples give is correct) or {@code log_p_hat} (log of the mean likelihood of the gold
 *     answer, in nats)
 * @param k samples that the figure is of; 0 for {@code log_p_hat}, which takes all
 * @param value mean over the examples that have enough rollouts that are evidence; null where there
 *     is none
 * @param low lower end of the interval, the 2.5 % quantile of means of resampled examples; null
 *     likewise
 * @param high its upper end, the 97.5 % quantile; null likewise
 * @param examples examples that the mean is of
 * @param samples rollouts of an example that are evidence, on average over all examples of the
 *     level; null where there is none
 */
public record EvaluationRow(
    long step,
    String set,
    String level,
    String metric,
    int k,
    Double value,
    Double low,
    Double high,
    long examples,
    Double samples) {
  /** The figure as settings name it, for example {@code pass@16}. */
  public String name() {
    return k == 0 ? metric : metric + "@" + k;
  }

  /** The value of a set's figure over all its examples; empty where there is none. */
  public static Optional<Double> value(List<EvaluationRow> rows, String set, String name) {
    return rows.stream()
        .filter(row -> row.set.equals(set) && row.level.isEmpty() && row.name().equals(name))
        .findFirst()
        .map(EvaluationRow::value);
  }
}
