package dev.kindling.rapids;

import com.nvidia.spark.rapids.ExplainPlan;
import dev.kindling.SparkTest;
import dev.kindling.row.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What RAPIDS' own planner says of the plans that stages make. It needs no GPU, and computes
 * nothing: that a GPU gives the same numbers is not shown by it.
 */
public final class Planner {
  /** What keeps the order of sums of real numbers, as {@code conf/spark/rapids.conf} has it. */
  private static final Map<String, Boolean> STRICT =
      Map.of(
          "spark.rapids.sql.variableFloatAgg.enabled", false,
          "spark.rapids.sql.improvedFloatOps.enabled", false,
          "spark.rapids.sql.stableSort.enabled", true);

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

  /** Plans that may not change the order of sums of real numbers. */
  public static Planner strict() {
    Planner planner = lenient();
    STRICT.forEach((key, value) -> planner.spark.conf().set(key, value));
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
