package dev.kindling.stage.weigh;

import dev.kindling.row.SessionSettings;
import java.io.IOException;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Compiled expressions for the weights of many scores, in sessions that are set for small steps.
 */
public final class CompiledSql {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.sql.codegen.wholeStage",
          "true",
          "spark.sql.codegen.factoryMode",
          "FALLBACK",
          // HotSpot never compiles a larger method; Spark makes small ones then.
          "spark.sql.codegen.hugeMethodLimit",
          "8000",
          // So that the aggregate of the most samples, which has two columns of each, is compiled.
          "spark.sql.codegen.maxFields",
          "140");

  private CompiledSql() {}

  /** Writes a table. */
  public interface Writing {
    /** Does it and gives the number of rows. */
    long run() throws IOException;
  }

  /**
   * Writes the weights of some scores: where they are many the session has the settings that
   * compile meanwhile, and then those that it had before.
   *
   * @param scores what {@link Weigh#weigh} is given
   * @return the number of rows written
   */
  public static long writing(Dataset<Row> scores, Writing weights) throws IOException {
    if (!SampleLayout.isLarge(scores)) {
      return weights.run();
    }
    return SessionSettings.during(scores.sparkSession(), SETTINGS, weights::run);
  }
}
