package dev.kindling.run;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.sql.types.StructField;

/**
 * A step's metrics in Spark's metrics system, as {@code kindling.reward} and so on: the last
 * committed step of whichever run this driver works on. Each column of the metrics table is a
 * gauge, and so are sampled tokens a second; what a step has no figure for is not a number.
 */
final class MetricsSource implements Source {
  private static final String NAME = "kindling";

  private final MetricRegistry registry = new MetricRegistry();
  private volatile MetricsRow last;

  private MetricsSource() {
    StructField[] columns = Table.METRICS.codec().schema().fields();
    for (int i = 0; i < columns.length; i++) {
      int column = i;
      gauge(columns[i].name(), row -> (Number) Table.METRICS.codec().toRow(row).get(column));
    }
    gauge("tokens_per_second", MetricsSource::tokensPerSecond);
  }

  /** A figure of a step; null where it has none. */
  private interface Figure {
    Number of(MetricsRow row);
  }

  private void gauge(String name, Figure figure) {
    Gauge<Number> gauge =
        () -> {
          MetricsRow row = last;
          Number value = row == null ? null : figure.of(row);
          return value == null ? Double.NaN : value;
        };
    registry.register(name, gauge);
  }

  private static Number tokensPerSecond(MetricsRow row) {
    return row.secondsRollout() == null
        ? null
        : Double.valueOf(row.completionLength() * row.rollouts() / row.secondsRollout());
  }

  /** Shows the metrics of a step. */
  static void show(MetricsRow row) {
    // The one of this driver, whose runs come one after the other.
    MetricsSystem system = SparkEnv.get().metricsSystem();
    if (system.getSourcesByName(NAME).isEmpty()) {
      system.registerSource(new MetricsSource());
    }
    ((MetricsSource) system.getSourcesByName(NAME).head()).last = row;
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
