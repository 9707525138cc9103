package dev.kindling.stage;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.report.ProfilePage;
import dev.kindling.report.ProfileText;
import dev.kindling.row.ProfileRow;
import dev.kindling.row.Table;
import dev.kindling.udf.worker.WorkerLimits;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** How often examples are solved, in numbers worked out by hand. */
class PassRatesTest {
  private static final String ROLLOUTS =
      """
      SELECT * FROM VALUES
        ('a', 0, 'CORRECT',     1D,                     -1D, 2, '2',   ' 2', 'stop'),
        ('a', 1, 'WRONG',       0D,                     -2D, 4, '3',   '3',  'budget'),
        ('a', 2, 'WRONG',       0D,                     -3D, 6, '3', '3.0', 'stop'),
        ('a', 3, 'ERROR',       CAST(NULL AS DOUBLE),   -9D, 8, NULL,  '4',  'stop'),
        ('b', 0, 'UNPARSEABLE', 0D, CAST('-Infinity' AS DOUBLE), 1, NULL, '', 'length'),
        ('b', 1, 'TIMEOUT',     CAST(NULL AS DOUBLE),   -1D, 1, NULL,  '1',  'stop'),
        ('c', 0, 'ERROR',       CAST(NULL AS DOUBLE),   -1D, 1, NULL,  '1',  'stop')
      AS t(example_id, sample, verdict, reward, log_w, tokens, extracted, answer, finish_reason)""";

  private static final String PROMPTS =
      """
      SELECT example_id, 'jsonl' AS dataset, 'train' AS split, '5' AS level, '1+1?' AS prompt,
        array('2') AS gold_answers, 'answer_match' AS verifier, '{}' AS verifier_context
      FROM VALUES ('a'), ('b'), ('c') AS t(example_id)""";

  private static Dataset<Row> profile() {
    SparkSession spark = SparkTest.session();
    Dataset<Row> rows = spark.sql(ROLLOUTS);
    return PassRates.of(
        spark, spark.sql(PROMPTS), rows, rows.drop("finish_reason"), null, WorkerLimits.DEFAULT);
  }

  @Test
  void countsRateIntervalAndAnswersAreThoseOfTheEvidence() {
    List<ProfileRow> rows = Table.PROFILE.collect(profile().orderBy("example_id"));
    ProfileRow a = rows.get(0);
    assertThat(List.of(a.samples(), a.correct(), a.wrong(), a.unparseable(), a.error()))
        .containsExactly(4, 1, 2, 0, 1);
    // Wilson's interval of 1 of 3.
    assertThat(a.passRate()).isCloseTo(1 / 3.0, within(1e-15));
    assertThat(a.passRateLow()).isCloseTo(0.061492, within(1e-6));
    assertThat(a.passRateHigh()).isCloseTo(0.792340, within(1e-6));
    // Of -1, -2 and -3; ln of (0.367879 + 0.135335 + 0.049787) / 3.
    assertThat(a.meanLogW()).isCloseTo(-2, within(1e-15));
    assertThat(a.maxLogW()).isEqualTo(-1);
    assertThat(a.logPHat()).isCloseTo(-1.691006, within(1e-6));
    assertThat(a.meanTokens()).isEqualTo(5);
    assertThat(a.clippedShare()).isEqualTo(0.25);
    assertThat(a.shortestCorrect()).isEqualTo("2");
    // 3 and 3.0 are one number, and have one normal form.
    assertThat(a.commonWrong()).isEqualTo("3");
    assertThat(a.commonWrongCount()).isEqualTo(2);
    assertThat(List.of(a.dataset(), a.split(), a.level(), a.prompt(), a.goldAnswers().get(0)))
        .containsExactly("jsonl", "train", "5", "1+1?", "2");
  }

  @Test
  void withoutEvidenceThereIsNoRateAndWithoutAWrongAnswerNoCommonOne() {
    List<ProfileRow> rows = Table.PROFILE.collect(profile().orderBy("example_id"));
    ProfileRow b = rows.get(1);
    assertThat(b.passRate()).isZero();
    assertThat(b.logPHat()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(b.commonWrong()).isNull();
    assertThat(b.timeout()).isEqualTo(1);
    ProfileRow c = rows.get(2);
    assertThat(c.passRate()).isNull();
    assertThat(c.passRateLow()).isNull();
    assertThat(c.logPHat()).isNull();
  }

  @Test
  void aPageListsWhatAPersonShouldLookAtAndEscapesIt() {
    Dataset<Row> hostile = profile().withColumn("prompt", lit("<b>&{{data}}"));
    String page =
        ProfilePage.render(
            hostile,
            ProfileText.of(hostile),
            new ProfilePage.About("Profile x", "runs/x/profile", "0.1.0", "2026-12-01"));
    assertThat(page)
        .contains(
            "3 examples are solved in 16.7 % of their rollouts on average: 1 by none of them,")
        .contains("&lt;b&gt;&amp;{{data}}")
        .doesNotContain("<b>");
    String doubt = page.substring(page.indexOf("id=\"doubt\""), page.indexOf("id=\"hard\""));
    assertThat(doubt).contains("<td>a</td>", "<td>1 of 3</td><td>3 (2)</td><td>-1.7</td>");
    String hard = page.substring(page.indexOf("id=\"hard\""), page.indexOf("id=\"easy\""));
    assertThat(hard).contains("<td>b</td>", "<td>0 of 1</td><td>–</td><td>-Infinity</td>");
    assertThat(page.substring(page.indexOf("id=\"easy\""))).contains("None.");
    // 1 of 3 is in the fourth of ten bins, and b in the first row.
    assertThat(page)
        .contains(
            "<tr><th scope=\"row\">30 to 40 %</th><td><span class=\"bar\" style=\"width:100.0%\">")
        .contains(
            "<tr><th scope=\"row\">40 to 50 %</th><td><span class=\"bar\" style=\"width:0.0%\">");
  }

  @Test
  void aTextTellsWhatARunWouldSee() {
    ProfileText text = ProfileText.of(profile());
    assertThat(text.examples()).isEqualTo(3);
    // Two of three answers of a agree on 3.
    assertThat(text.brokenGold()).isEqualTo(1);
    assertThat(text.table()).contains("without evidence (faults of the verifier)");
    ProfileText four =
        new ProfileText(
            List.of(
                new ProfileText.Group(0, 4, 2),
                new ProfileText.Group(4, 4, 1),
                new ProfileText.Group(2, 4, 1)),
            4,
            0);
    assertThat(four.passRate()).isEqualTo(0.375);
    assertThat(List.of(four.hard(), four.easy())).containsExactly(2L, 1L);
    // Of two right and two wrong, 2 of 6 pairs are equal, and not all four.
    assertThat(four.withoutGradient(2)).isCloseTo((2 + 1 + 1 / 3.0) / 4, within(1e-15));
    assertThat(four.withoutGradient(4)).isEqualTo(0.75);
    assertThat(four.withoutGradient(8)).isNaN();
  }
}
