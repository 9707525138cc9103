package dev.kindling.row;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import org.apache.spark.sql.SparkSession;

/**
 * What computes the tables of a session: Spark in the JVM, or the RAPIDS Accelerator on GPUs, whose
 * {@code exp}, {@code ln} and {@code power} round otherwise and whose sums of real numbers have
 * their own order.
 *
 * @see <a href="https://nvidia.github.io/spark-rapids/docs/compatibility.html">what RAPIDS says of
 *     its results</a>
 */
public final class TableEngine {
  /** The engine of tables that Spark computed itself. */
  public static final String JVM = "jvm";

  private static final String PLUGIN = "com.nvidia.spark.SQLPlugin";
  private static final String ENABLED = "spark.rapids.sql.enabled";
  private static final String MODE = "spark.rapids.sql.mode";

  /** A mode in which RAPIDS tells what it would do, and Spark does it. */
  private static final String EXPLAIN_ONLY = "explainonly";

  private static final String VERSION_FILE = "rapids4spark-version-info.properties";

  private TableEngine() {}

  /** The engine's name as commits have it: {@link #JVM}, or {@code rapids} and its version. */
  public static String of(SparkSession spark) {
    boolean isOn =
        plansWithRapids(spark)
            && spark.conf().get(ENABLED, "true").equalsIgnoreCase("true")
            && !spark.conf().get(MODE, "").toLowerCase(Locale.ROOT).equals(EXPLAIN_ONLY);
    return isOn ? "rapids " + version() : JVM;
  }

  /** Whether RAPIDS' planner sees the session's plans, in whichever mode. */
  public static boolean plansWithRapids(SparkSession spark) {
    return Arrays.stream(spark.sparkContext().getConf().get("spark.plugins", "").split(","))
        .anyMatch(plugin -> plugin.strip().equals(PLUGIN));
  }

  private static String version() {
    // The plugin's jar may have come with --jars, of which our own loader knows nothing.
    try (InputStream in =
        Thread.currentThread().getContextClassLoader().getResourceAsStream(VERSION_FILE)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "of unknown version");
    } catch (IOException e) {
      return "of unknown version";
    }
  }
}
