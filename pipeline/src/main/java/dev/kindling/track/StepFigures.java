package dev.kindling.track;

import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/**
 * What trackers are sent of one step.
 *
 * @param step the step
 * @param timeMillis when it was committed, since 1970 in UTC
 * @param values finite figures by name, in the order of the table's columns
 */
record StepFigures(long step, long timeMillis, Map<String, Number> values) {
  private static final StructField[] COLUMNS = Table.METRICS.codec().schema().fields();

  /** What TRL calls the columns that have another name here. */
  static final Map<String, String> TRL =
      Map.of(
          "completion_length", "completions/mean_length",
          "clipped_ratio", "completions/clipped_ratio",
          "clip_fraction", "clip_ratio/region_mean",
          "mismatch_max", "sampling/sampling_logp_difference/max");

  /** The figures of a step by the names that trackers have for them. */
  static Map<String, Number> named(MetricsRow metrics, List<EvaluationRow> evaluations) {
    Map<String, Number> named = new LinkedHashMap<>();
    columns(metrics)
        .forEach(
            (column, value) -> {
              // The step is the axis, and no tracker draws what is not finite.
              if (!column.equals("step") && Double.isFinite(value.doubleValue())) {
                named.put(TRL.getOrDefault(column, column), value);
              }
            });
    evaluated(evaluations)
        .forEach(
            (name, value) -> {
              if (Double.isFinite(value.doubleValue())) {
                named.put(name, value);
              }
            });
    return named;
  }

  /** What a step has figures for, by column. */
  static Map<String, Number> columns(MetricsRow metrics) {
    Row row = Table.METRICS.codec().toRow(metrics);
    Map<String, Number> columns = new LinkedHashMap<>();
    for (int i = 0; i < COLUMNS.length; i++) {
      if (!row.isNullAt(i)) {
        columns.put(COLUMNS[i].name(), (Number) row.get(i));
      }
    }
    return columns;
  }

  /** The figures of an evaluation over all examples, as {@code eval_SET/pass@1}. */
  static Map<String, Number> evaluated(List<EvaluationRow> evaluations) {
    Map<String, Number> evaluated = new LinkedHashMap<>();
    for (EvaluationRow row : evaluations) {
      if (row.level().isEmpty() && row.value() != null) {
        evaluated.put("eval_" + row.set() + "/" + row.name(), row.value());
      }
    }
    return evaluated;
  }
}
