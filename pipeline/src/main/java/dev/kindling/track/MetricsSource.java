package dev.kindling.run;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/**
 * A step's metrics in Spark's metrics system, as {@code kindling.reward} and so on: the last
 * committed step of whichever run this driver works on. Each column of the metrics table is a
 * gauge, and so are sampled tokens a second; what a step has no figure for is not a number.
 */
final class MetricsSource implements Source {
  private static final String NAME = "kindling";
  private static final String TOKENS_PER_SECOND = "tokens_per_second";
  private static final StructField[] COLUMNS = Table.METRICS.codec().schema().fields();

  private final MetricRegistry registry = new MetricRegistry();
  private volatile Map<String, Number> last = Map.of();

  private MetricsSource() {
    for (StructField column : COLUMNS) {
      gauge(column.name());
    }
    gauge(TOKENS_PER_SECOND);
  }

  private void gauge(String name) {
    Gauge<Number> gauge = () -> last.getOrDefault(name, Double.NaN);
    registry.register(name, gauge);
  }

  /** Shows the metrics of a step. */
  static void show(MetricsRow metrics) {
    // The one of this driver, whose runs come one after the other.
    MetricsSystem system = SparkEnv.get().metricsSystem();
    if (system.getSourcesByName(NAME).isEmpty()) {
      system.registerSource(new MetricsSource());
    }
    ((MetricsSource) system.getSourcesByName(NAME).head()).last = figures(metrics);
  }

  private static Map<String, Number> figures(MetricsRow metrics) {
    Row row = Table.METRICS.codec().toRow(metrics);
    Map<String, Number> figures = new HashMap<>();
    for (int i = 0; i < COLUMNS.length; i++) {
      if (!row.isNullAt(i)) {
        figures.put(COLUMNS[i].name(), (Number) row.get(i));
      }
    }
    if (metrics.secondsRollout() != null) {
      double tokens = metrics.completionLength() * metrics.rollouts();
      figures.put(TOKENS_PER_SECOND, tokens / metrics.secondsRollout());
    }
    return figures;
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
