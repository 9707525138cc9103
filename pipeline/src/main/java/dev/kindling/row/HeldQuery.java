package dev.kindling.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.exchange.Exchange;
import scala.Function1;

/**
 * A query over small tables that is planned once and run for the rows of each step: analysing it
 * takes many times as long as running it.
 */
public final class HeldQuery {
  // Sessions of small steps have neither, because it does not pay for a plan that is run once.
  private static final Map<String, String> COMPILED =
      Map.of("spark.sql.codegen.wholeStage", "true", "spark.sql.codegen.factoryMode", "FALLBACK");

  private final SparkSession session;
  private final List<HeldRows> sources = new ArrayList<>();
  private final SparkPlan plan;

  /**
   * Plans a query.
   *
   * @param tables what it is over
   * @param query the result, of the tables in their order; must not name what differs by step
   */
  public HeldQuery(
      SparkSession spark, List<Table<?>> tables, Function<List<Dataset<Row>>, Dataset<Row>> query) {
    session = spark;
    List<Dataset<Row>> datasets = new ArrayList<>();
    for (Table<?> table : tables) {
      HeldRows source = HeldRows.inOneTask(spark);
      sources.add(source);
      datasets.add(source.dataset(spark, table.codec().schema()));
    }
    plan =
        SessionSettings.during(
            spark, COMPILED, () -> query.apply(datasets).queryExecution().executedPlan());
  }

  /**
   * Whether the plan may be run more than once: what is shuffled or broadcast would be kept from
   * the first time.
   */
  public boolean isRepeatable() {
    return !plan.exists(node -> node instanceof Exchange);
  }

  /** The same as rows of the API. */
  public List<Row> collect(List<InternalRow[]> tables) {
    Function1<Object, Object> toRow = CatalystTypeConverters.createToScalaConverter(plan.schema());
    return Arrays.stream(rows(tables)).map(row -> (Row) toRow.apply(row)).toList();
  }

  /** Runs it over these rows, in the order of the tables. */
  public InternalRow[] rows(List<InternalRow[]> tables) {
    for (int i = 0; i < sources.size(); i++) {
      sources.get(i).hold(tables.get(i));
    }
    return SessionSettings.during(session, COMPILED, () -> collect(session, plan));
  }

  /** The rows of a plan, whose tasks have the session's settings. */
  static InternalRow[] collect(SparkSession spark, SparkPlan plan) {
    return SQLExecution.withSQLConfPropagated(
        (org.apache.spark.sql.classic.SparkSession) spark, plan::executeCollect);
  }
}
