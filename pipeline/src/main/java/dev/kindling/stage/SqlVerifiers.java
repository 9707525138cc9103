package dev.kindling.stage;

import dev.kindling.check.InvalidInputException;
import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;

/**
 * Verifiers that are expressions of SQL over a rollout and its prompt.
 *
 * @param expressions by the names of the verifiers
 * @param tables paths of the tables that they may read, by the names of the views
 */
public record SqlVerifiers(Map<String, String> expressions, Map<String, String> tables)
    implements Serializable {
  /** None. */
  public static final SqlVerifiers NONE = new SqlVerifiers(Map.of(), Map.of());

  private static final String CATALOG = "table:";
  private static final String COLUMN = "judged_by_";

  // What an expression sees, and nothing of what a stage has besides.
  private static final String[] SEEN = {
    "example_id",
    "sample",
    "prompt",
    "rationale",
    "answer",
    "gold_answers",
    "context",
    "level",
    "tokens",
    "finish_reason",
    "log_w"
  };

  /** Keeps its own copies. */
  public SqlVerifiers {
    expressions = new LinkedHashMap<>(expressions);
    tables = new LinkedHashMap<>(tables);
  }

  /** Names of the verifiers. */
  public Set<String> names() {
    return expressions.keySet();
  }

  /**
   * Holds that every expression can be used.
   *
   * @param answers what is judged, of no rows, as {@link Score#answers} gives it
   * @throws InvalidInputException naming the verifier, with Spark's words
   */
  public void requireUsable(SparkSession spark, Dataset<Row> answers) {
    expressions.forEach(
        (name, sql) -> {
          try {
            makeKnown(spark);
            Dataset<Row> value = answers.selectExpr(SEEN).selectExpr("(" + sql + ") AS value");
            if (!value.queryExecution().analyzed().deterministic()) {
              throw new InvalidInputException(
                  "Invalid verifier.own: the sql of %s is another value each time (must be one of its row alone: a task may be repeated)"
                      .formatted(name));
            }
            DataType type = value.schema().apply(0).dataType();
            if (!(type instanceof StringType
                || type instanceof BooleanType
                || type instanceof NumericType)) {
              throw new InvalidInputException(
                  "Invalid verifier.own: the sql of %s is %s (must be a verdict as STRING, a BOOLEAN, or a number)"
                      .formatted(name, type.sql()));
            }
          } catch (InvalidInputException refused) {
            throw refused;
          } catch (Exception e) {
            // Spark's are checked, and no method of its Java interface says so.
            if (e instanceof AnalysisException) {
              throw new InvalidInputException(
                  "Invalid verifier.own: the sql of %s: %s"
                      .formatted(name, e.getMessage().strip().lines().findFirst().orElse("")),
                  e);
            }
            throw e;
          }
        });
  }

  private void makeKnown(SparkSession spark) {
    Verifiers.register(spark);
    tables.forEach(
        (name, path) -> {
          Dataset<Row> table =
              path.startsWith(CATALOG)
                  ? spark.table(path.substring(CATALOG.length()).strip())
                  : spark.read().format(format(path)).load(path);
          table.createOrReplaceTempView(name);
        });
  }

  private static String format(String path) {
    String end = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (end) {
      case "json", "jsonl" -> "json";
      case "csv", "orc" -> end;
      default -> "parquet";
    };
  }

  /**
   * Adds what each verifier gives.
   *
   * @param answers what is judged, as {@link Score#answers} gives it
   * @param verifier name of the verifier for all rows; null leaves the choice to each prompt
   */
  Dataset<Row> judged(SparkSession spark, Dataset<Row> answers, String verifier) {
    if (expressions.isEmpty()) {
      return answers;
    }
    makeKnown(spark);
    List<String> columns = new ArrayList<>(List.of("*"));
    expressions.forEach(
        (name, sql) -> {
          String condition =
              verifier == null
                  ? "verifier = '" + name + "'"
                  : String.valueOf(name.equals(verifier));
          columns.add("CASE WHEN " + condition + " THEN (" + sql + ") END AS " + COLUMN + name);
        });
    return answers.selectExpr(columns.toArray(new String[0]));
  }

  /**
   * A judgement, and the reward where it is no verdict's.
   *
   * @param judgement with the whole answer as what was compared
   * @param reward null where the verdict says it
   */
  record Given(Judgement judgement, Double reward) {}

  /** What a verifier has given for a row of {@link #judged}. */
  static Given given(Row row, String name, String answer) {
    Object value = row.getAs(COLUMN + name);
    String extracted = answer.strip();
    if (value == null) {
      return new Given(Judgement.unparseable(name + " is null"), null);
    }
    if (value instanceof Boolean isRight) {
      return new Given(verdict(isRight, extracted, name + " is false"), null);
    }
    if (value instanceof Number number) {
      double reward = number.doubleValue();
      return Double.isFinite(reward)
          ? new Given(verdict(reward >= 1, extracted, name + " is " + value), reward)
          : new Given(Judgement.error(name + " is " + value), null);
    }
    String said = name + " is " + value;
    try {
      return new Given(
          switch (Verdict.valueOf(value.toString())) {
            case CORRECT -> Judgement.correct(extracted);
            case WRONG -> Judgement.wrong(extracted, said);
            case UNPARSEABLE -> Judgement.unparseable(said);
            case TIMEOUT -> new Judgement(Verdict.TIMEOUT, null, said);
            case ERROR -> Judgement.error(said);
          },
          null);
    } catch (IllegalArgumentException noVerdict) {
      return new Given(Judgement.error(said + ", which is no verdict"), null);
    }
  }

  private static Judgement verdict(boolean isRight, String extracted, String otherwise) {
    return isRight ? Judgement.correct(extracted) : Judgement.wrong(extracted, otherwise);
  }
}
