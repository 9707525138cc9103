package dev.kindling.rapids;

import com.nvidia.spark.rapids.ExplainPlan;
import dev.kindling.SparkTest;
import dev.kindling.row.Table;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What RAPIDS' own planner says of the plans that stages make. It needs no GPU, and computes
 * nothing: that a GPU gives the same numbers is not shown by it.
 */
public final class Planner {
  private static final Path SETTINGS = Path.of("..", "conf", "spark", "rapids.conf");

  private final SparkSession spark;
  private final Path folder;

  private Planner(SparkSession spark) {
    this.spark = spark;
    try {
      this.folder = Files.createTempDirectory("kindling-rapids");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Plans as RAPIDS makes them unless it is told otherwise. */
  public static Planner lenient() {
    SparkSession spark = SparkTest.session().newSession();
    spark.conf().set("spark.rapids.sql.rowBasedUDF.enabled", true);
    spark.conf().set("spark.rapids.sql.expression.cpuBridge.enabled", false);
    return new Planner(spark);
  }

  /** Plans as {@code conf/spark/rapids.conf} has them, which keep the order of sums. */
  public static Planner strict() {
    Planner planner = lenient();
    Properties settings = new Properties();
    try (Reader file = Files.newBufferedReader(SETTINGS)) {
      settings.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    settings.stringPropertyNames().stream()
        .filter(key -> key.startsWith("spark.rapids.sql."))
        .forEach(key -> planner.spark.conf().set(key, settings.getProperty(key)));
    return planner;
  }

  /** The session whose plans it sees. */
  public SparkSession spark() {
    return spark;
  }

  /** Records as the stages find them, in Parquet: what a driver holds is never on a GPU. */
  public <T extends Record> Dataset<Row> table(Table<T> table, List<T> records) {
    String path = folder.resolve(table.name()).toString();
    try {
      table.write(table.of(spark, records), path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table.read(spark, path);
  }

  /** The planner's lines on what is not on the GPU, with its reasons; empty where all is. */
  public static List<String> off(Dataset<Row> rows) {
    return ExplainPlan.explainPotentialGpuPlan(rows, "NOT")
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("!"))
        .toList();
  }
}
