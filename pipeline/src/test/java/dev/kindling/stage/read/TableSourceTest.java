package dev.kindling.stage.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which columns of what Spark reads are taken for what. */
class TableSourceTest {
  private static final String TURN = "array(named_struct('role', 'user', 'content', 'a'))";

  private static TableSource source(String query, Map<String, String> columns) {
    SparkSession spark = SparkTest.session();
    return TableSource.of(
        spark,
        "query:SELECT " + query.replace("TURN", TURN),
        new TableSource.Reading(Optional.empty(), Map.of(), columns, Optional.empty()));
  }

  private static String taken(String query, Map<String, String> columns) {
    return source(query, columns).sentence().replaceFirst("^.*?: ", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 AS id, 'a' AS prompt, 'b' AS answer                      | prompt = prompt, answer = answer, id = id
          'a' AS question, 'b' AS answer                             | prompt = question, answer = answer
          'a' AS problem, 'b' AS solution, 'c' AS answer, 5 AS level | prompt = problem, answer = answer, rationale = solution, level = level
          'a' AS problem, 'b' AS solution                            | prompt = problem, answer = solution
          TURN AS messages, 'q' AS prompt, array('b') AS answers     | messages = messages, answers = answers
          TURN AS prompt, 'b' AS ground_truth, 'x' AS unique_id      | messages = prompt, answer = ground_truth, id = unique_id
          'a' AS prompt, 'b' AS answer, 'long passage' AS context    | prompt = prompt, answer = answer
          'a' AS `my prompt`, 'b' AS answer, 'a' AS Question         | prompt = Question, answer = answer
          """)
  void theColumnsOfTheUsualLayoutsAreKnown(String query, String taken) {
    assertThat(taken(query, Map.of())).isEqualTo(taken);
  }

  @Test
  void whatTheUserNamesStandsInPlaceOfWhatIsKnown() {
    assertThat(taken("'a' AS question, 'b' AS answer", Map.of("prompt", "concat(question, '?')")))
        .isEqualTo("prompt = concat(question, '?'), answer = answer");
  }

  @Test
  void aDigestIsThatOfTheRowsWhateverTheirOrder() {
    String one = "* FROM VALUES ('a', 1), ('b', 2), ('b', 2) AS t(prompt, answer)";
    String turned = "* FROM VALUES ('b', 2), ('a', 1), ('b', 2) AS t(prompt, answer)";
    String fewer = "* FROM VALUES ('a', 1), ('b', 2) AS t(prompt, answer)";
    String other = "* FROM VALUES ('a', 2), ('b', 1), ('b', 2) AS t(prompt, answer)";
    String digest = source(one, Map.of()).digest();
    assertThat(source(turned, Map.of()).digest()).isEqualTo(digest);
    assertThat(source(fewer, Map.of()).digest()).isNotEqualTo(digest);
    assertThat(source(other, Map.of()).digest()).isNotEqualTo(digest);
  }
}
