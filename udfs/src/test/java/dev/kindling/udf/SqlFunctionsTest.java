package dev.kindling.udf;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verifiers through Spark SQL, registered by a call and by the extension. */
class SqlFunctionsTest {
  private SparkSession spark;

  @AfterEach
  void stop() {
    spark.stop();
  }

  private void start(String how) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2);
    if (how.equals("extension")) {
      builder = builder.config("spark.sql.extensions", KindlingExtensions.class.getName());
    }
    spark = builder.getOrCreate();
    if (how.equals("call")) {
      Verifiers.register(spark);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "extension"})
  void judgeRowsOfATable(String how) {
    start(how);
    spark
        .sql(
            """
            SELECT * FROM VALUES
              (1, 'exact_match', array('Rome', 'Roma'), 'the ROMA!'),
              (2, 'exact_match', array('Rome'), 'Paris'),
              (3, 'exact_string', array('12'), '13'),
              (4, 'finqa_number', array('0.24691'), 'It rose 24.69%.'),
              (5, 'finqa_number', array('0.24691'), 'It rose.'),
              (6, 'finqa_number', array('a lot'), '5'),
              (7, 'substring_match', array('Rome'), 'in Rome, Italy'),
              (8, 'exact_match', CAST(null AS ARRAY<STRING>), 'x'),
              (9, 'exact_match', array('x'), null),
              (10, null, array('x'), 'x'),
              (11, 'exact_match', array('x', null), 'x')
            AS t(id, verifier, gold, answer)
            """)
        .repartition(3)
        .createOrReplaceTempView("answers");
    List<Row> rows =
        spark
            .sql(
                """
                SELECT j.verdict, j.extracted, j.reason FROM (
                  SELECT id, kindling_verify(verifier, gold, '{}', answer) AS j FROM answers)
                ORDER BY id
                """)
            .collectAsList();
    assertThat(rows.stream().map(row -> row.getString(0)))
        .containsExactly(
            "CORRECT",
            "WRONG",
            "WRONG",
            "CORRECT",
            "UNPARSEABLE",
            "ERROR",
            "CORRECT",
            "ERROR",
            "UNPARSEABLE",
            "ERROR",
            "ERROR");
    assertThat(rows.get(3).getString(1)).isEqualTo("24.69%");
    assertThat(rows.get(3).isNullAt(2)).isTrue();
    assertThat(rows.get(2).getString(2)).isEqualTo("the answer is not a gold answer");
    assertThat(rows.get(4).isNullAt(1)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "extension"})
  void eachVerifierAndF1AreFunctionsOfTheirOwn(String how) {
    start(how);
    Row row =
        spark
            .sql(
                """
                SELECT exact_match(array('The Who'), 'who').verdict,
                       exact_string(array('The Who'), 'who').verdict,
                       finqa_number(array('-5'), '(5)').verdict,
                       substring_match(array('who'), 'the who').verdict,
                       hotpotqa_f1(array('yes'), 'yes yes'),
                       musique_f1(array('zebra', 'x y z'), 'y z'),
                       musique_f1(array('x'), null),
                       musique_f1(null, 'x'),
                       finqa_program(array('3'), '{"table": []}', 'add(1, 2)').verdict,
                       finqa_program_match('add(1, 2)', 'add(2, 1)'),
                       finqa_program_match('add(1, 2)', null)
                """)
            .head();
    // Of "y z" both words are in "x y z": P = 1, R = 2/3, F1 = 4/5.
    assertThat(row)
        .isEqualTo(
            RowFactory.create(
                "CORRECT", "WRONG", "CORRECT", "CORRECT", 0.0, 0.8, 0.0, null, "CORRECT", true,
                null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "extension"})
  void argumentsOfAnyTypeWithATextAreCast(String how) {
    start(how);
    List<String> golds =
        List.of(
            "array(5)",
            "array(5Y, null)",
            "array(5.0)",
            "array(5.0D)",
            "array(CAST(5 AS FLOAT))",
            "array(true)",
            "array(DATE '2026-01-05')",
            "array(null)",
            "array()",
            "null",
            "5",
            "5.00",
            "true",
            "'5'",
            "CAST(null AS INT)",
            "CAST(array('5') AS ARRAY<STRING>)");
    List<String> answers = List.of("'5'", "5", "5.0", "5.0D", "true", "null", "CAST(null AS INT)");
    List<String> calls = new ArrayList<>();
    for (String gold : golds) {
      for (String answer : answers) {
        for (String verifier : Verifiers.names()) {
          String context = Verifiers.needsContext(verifier) ? "5, " : "";
          calls.add(verifier + "(" + gold + ", " + context + answer + ").verdict");
        }
        calls.add("kindling_verify('exact_string', " + gold + ", null, " + answer + ").verdict");
        calls.add("kindling_verify(5, " + gold + ", null, " + answer + ").verdict");
        calls.add("hotpotqa_f1(" + gold + ", " + answer + ")");
        calls.add("musique_f1(" + gold + ", " + answer + ")");
        calls.add("finqa_program_match(5, " + answer + ")");
      }
    }
    // In a table, so that nothing is computed while the query is planned.
    Row row = spark.sql("SELECT " + String.join(", ", calls) + " FROM VALUES (1) AS t(x)").head();
    assertThat(row.size()).isEqualTo(calls.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "extension"})
  void castArgumentsAreJudgedLikeTexts(String how) {
    start(how);
    assertThat(
            spark
                .sql(
                    """
                    SELECT kindling_verify('finqa_number', gold, '{}', 'It rose 24.69%').verdict,
                      finqa_number(gold[0], 0.2469).verdict, exact_string(5.0D, 5.0).verdict,
                      exact_match(array(true), true).verdict, answer_match(5, '5.0').verdict,
                      finqa_number(array(1e10), '10 bn').verdict, musique_f1(array(5), 5),
                      finqa_number(array(true), 1).reason, exact_match(null, 1).reason,
                      exact_match(CAST(null AS INT), 1).reason,
                      kindling_verify(null, 1, null, 1).reason
                    FROM VALUES (array(0.24691)) AS t(gold)""")
                .head())
        .isEqualTo(
            RowFactory.create(
                "CORRECT",
                "CORRECT",
                "CORRECT",
                "CORRECT",
                "CORRECT",
                "CORRECT",
                1.0,
                "finqa_number failed: gold answer 'true' is neither a plain number nor yes or no",
                "there is no gold answer",
                "a gold answer is null",
                "the verifier is null (there are " + Verifiers.names() + ")"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "extension"})
  void whatHasNoTextAndAnotherNumberOfArgumentsAreSparksErrors(String how) {
    start(how);
    assertThatThrownBy(() -> spark.sql("SELECT exact_match(array('x'), array('x'))"))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("Parameter 2 of function `exact_match` requires the \"STRING\" type")
        .hasMessageContaining("has the type \"ARRAY<STRING>\"");
    assertThatThrownBy(() -> spark.sql("SELECT musique_f1(array(named_struct('a', 1)), 'x')"))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining(
            "Parameter 1 of function `musique_f1` requires the \"ARRAY<STRING>\" type");
    for (SqlFunction function : SqlFunction.all()) {
      int right = function.parameters().size();
      for (int count : List.of(0, right - 1, right + 1)) {
        String call = function.name() + "(" + String.join(", ", nCopies(count, "'x'")) + ")";
        assertThatThrownBy(() -> spark.sql("SELECT " + call))
            .isInstanceOf(AnalysisException.class)
            .hasMessageContaining("[WRONG_NUM_ARGS.WITHOUT_SUGGESTION]")
            .hasMessageContaining(
                "The `%s` requires %d parameters but the actual number is %d"
                    .formatted(function.name(), right, count));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "extension")
  void theExtensionDescribesItsFunctions(String how) {
    start(how);
    List<String> lines =
        spark.sql("DESCRIBE FUNCTION finqa_number").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(lines)
        .contains(
            "Usage: finqa_number(gold, answer) - Judges answer against an array of gold answers:"
                + " struct<verdict, extracted, reason>.");
  }
}
