package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.MetricsConf;
import dev.kindling.io.LocalFiles;
import dev.kindling.run.Progress;
import dev.kindling.run.RunStart;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Spark session that spark-submit has configured. */
final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final String EXECUTORS_LOCALE = "spark.executorEnv.LC_ALL";

  private static final String SETTINGS = "spark.kindling.";

  private static final String NAME = "kindling";

  private static final String SERVLET = "spark.metrics.conf.*.sink.prometheusServlet.";
  private static final String SERVED = "/metrics/prometheus";

  private Sessions() {}

  private static String name(String submitted, String run) {
    // What submit.sh calls it, or spark-submit where nobody does.
    boolean isOurs = submitted.equals(NAME) || submitted.equals(Main.class.getName());
    return !isOurs ? submitted : run.isEmpty() ? NAME : NAME + " " + run;
  }

  /**
   * The settings of a run that Spark's own configuration has, each {@code key=value}, by key: those
   * of {@code spark.kindling.sampler.samples} and the like.
   *
   * @param section what their keys begin with, for example {@code evaluate.}; empty for all
   */
  static List<String> settings(String section) {
    return Arrays.stream(new SparkConf().getAllWithPrefix(SETTINGS + section))
        .map(entry -> section + entry._1() + "=" + entry._2())
        .sorted()
        .toList();
  }

  private static SparkSession start(SparkSession.Builder builder) {
    try {
      return builder.getOrCreate();
    } catch (IllegalArgumentException refused) {
      throw new InvalidInputException(
          "Cannot start Spark: %s (mend its setting, in the properties file or by --conf)"
              .formatted(refused.getMessage()),
          refused);
    }
  }

  /** The runs of this process. */
  static RunStart runs(Progress progress) {
    return new RunStart(session(), progress, Main.version());
  }

  /** The one session of this process. */
  static SparkSession session() {
    return session("");
  }

  /**
   * The same of a command that works on a run.
   *
   * @param run its name, for the application's, unless the user has named that
   */
  static SparkSession session(String run) {
    return session(run, false);
  }

  /** The session of a command whose settings are known, which Prometheus reads if they say so. */
  static SparkSession session(String run, MetricsConf metrics) {
    return session(run, metrics.has(MetricsConf.Sink.PROMETHEUS));
  }

  private static SparkSession session(String run, boolean isServed) {
    if (SparkSession.getDefaultSession().isDefined()) {
      // Of settings that come too late for it Spark would warn.
      return SparkSession.getDefaultSession().get();
    }
    SparkConf submitted = new SparkConf();
    SparkSession.Builder builder =
        SparkSession.builder().appName(name(submitted.get("spark.app.name", NAME), run));
    if (!submitted.contains(EXECUTORS_LOCALE)) {
      // Executors name files in their locale's encoding, and a container's is often ASCII.
      builder.config(EXECUTORS_LOCALE, "C.UTF-8");
    }
    String master = submitted.get("spark.master", "");
    // Executors of their own may look for files before they have fetched our classes.
    if (master.equals("local") || master.startsWith("local[")) {
      builder.config("spark.hadoop." + LocalFiles.SETTING, LocalFiles.class.getName());
    }
    if (isServed) {
      serve(builder, submitted);
    }
    SparkSession session = start(builder);
    // A killed task ends at its next token or micro-batch, not minutes later.
    session.sparkContext().setInterruptOnCancel(true);
    Platform.here().untried().ifPresent(LOG::warn);
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    LOG.info(
        "Spark {} is ready on {} after {} s",
        session.version(),
        session.sparkContext().master(),
        (System.currentTimeMillis() - started) / 1000);
    if (isServed) {
      LOG.info("Prometheus reads {}{}/", session.sparkContext().uiWebUrl().get(), SERVED);
    }
    return session;
  }

  /** Has Spark's UI serve its metrics; where and what else is served, Spark's own settings say. */
  private static void serve(SparkSession.Builder builder, SparkConf submitted) {
    builder.config("spark.ui.enabled", true);
    if (!submitted.contains(SERVLET + "class")) {
      builder.config(SERVLET + "class", "org.apache.spark.metrics.sink.PrometheusServlet");
      builder.config(SERVLET + "path", SERVED);
    }
  }
}
