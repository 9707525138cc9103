package dev.kindling.track;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * A step's metrics in Spark's metrics system, as {@code kindling.reward} and so on: the last
 * committed step of whichever run this driver works on. Each column of the metrics table is a
 * gauge, and so are sampled tokens a second and the figures of evaluations; what a step has no
 * figure for is not a number.
 */
final class MetricsSource implements Source {
  private static final String NAME = "kindling";
  private static final String TOKENS_PER_SECOND = "tokens_per_second";

  private final MetricRegistry registry = new MetricRegistry();
  private volatile Map<String, Number> last = Map.of();

  private MetricsSource() {
    for (String column : Table.METRICS.codec().schema().fieldNames()) {
      gauge(column);
    }
    gauge(TOKENS_PER_SECOND);
  }

  private void gauge(String name) {
    Gauge<Number> gauge = () -> last.getOrDefault(name, Double.NaN);
    registry.register(name, gauge);
  }

  /** Shows the metrics of a step. */
  static void show(MetricsRow metrics, List<EvaluationRow> evaluations) {
    // The one of this driver, whose runs come one after the other.
    MetricsSystem system = SparkEnv.get().metricsSystem();
    if (system.getSourcesByName(NAME).isEmpty()) {
      system.registerSource(new MetricsSource());
    }
    ((MetricsSource) system.getSourcesByName(NAME).head()).take(metrics, evaluations);
  }

  private void take(MetricsRow metrics, List<EvaluationRow> evaluations) {
    Map<String, Number> figures = new HashMap<>(StepFigures.columns(metrics));
    if (metrics.secondsRollout() != null) {
      double tokens = metrics.completionLength() * metrics.rollouts();
      figures.put(TOKENS_PER_SECOND, tokens / metrics.secondsRollout());
    }
    Map<String, Number> evaluated = StepFigures.evaluated(evaluations);
    figures.putAll(evaluated);
    last = figures;
    // Sets are known once they have been evaluated.
    evaluated.keySet().stream()
        .filter(name -> !registry.getNames().contains(name))
        .forEach(this::gauge);
  }

  @Override
  public String sourceName() {
    return NAME;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
