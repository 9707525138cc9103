package dev.kindling.stage.weigh;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.SqlColumn;
import dev.kindling.row.SmallTables;
import dev.kindling.row.TableEngine;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How the samples of an example stand in its row, and how a value is computed for each of them. All
 * layouts add in the order of the samples and give the same bits; they differ in how long a plan
 * takes to be made, and to run.
 */
sealed interface SampleLayout permits WrittenSamples, ListedSamples {
  /** From this size on, scores take longer in lists than the longer plan takes to be made. */
  long WRITTEN_BYTES = 16L << 20;

  /**
   * The layout that is fast for some scores. RAPIDS would add what is listed in parallel, in an
   * order of its own; what is written out it adds as it is written.
   */
  static SampleLayout of(Dataset<Row> scores) {
    if (!isLarge(scores) && !TableEngine.plansWithRapids(scores.sparkSession())) {
      return new ListedSamples();
    }
    int largest = scores.selectExpr("coalesce(max(sample), 0)").head().getInt(0);
    return largest < WrittenSamples.MOST
        ? new WrittenSamples(Math.max(largest, 0) + 1)
        : new ListedSamples();
  }

  /** Whether a plan for some scores may take its time to be made. */
  static boolean isLarge(Dataset<Row> scores) {
    return !SmallTables.isSmall(scores)
        && scores.queryExecution().optimizedPlan().stats().sizeInBytes().toDouble()
            >= WRITTEN_BYTES;
  }

  /**
   * One row an example: {@code example_id}, the aggregates, and of its evidence the samples' {@code
   * sample} and the values that are asked for.
   *
   * <p>The job fails, naming the example, where a sample comes twice.
   *
   * @param scores has example_id, sample and the values
   * @param values columns, the first of which is {@code log_w}, null where there is no evidence
   * @param aggregates further columns; {@code rollouts} is the number of samples that are evidence
   */
  Dataset<Row> group(Dataset<Row> scores, List<String> values, List<Column> aggregates);

  /**
   * The columns to add for a value of each sample, or for what a fold makes of it.
   *
   * @param name what it is called; a layout may keep more than one column for it
   * @return expressions by the names of the columns
   */
  Map<String, String> columns(String name, SqlColumn.Fold fold, SampleSql value);

  /** The array, as a table has it, of a value of each sample that is evidence. */
  String array(SampleSql value);

  /** A check of the aggregated number of samples, as an expression for {@code rollouts}. */
  static Column checked(String isRepeated) {
    return expr(
        "CASE WHEN "
            + isRepeated
            + " THEN raise_error(concat('Invalid scores of example ', example_id,"
            + " ' (a sample must come once)')) ELSE rollouts END");
  }
}
