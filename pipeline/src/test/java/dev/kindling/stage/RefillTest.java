package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.DynamicSampling;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Rloo;
import dev.kindling.row.Table;
import dev.kindling.stage.weigh.Weigh;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many prompts a further round of sampling draws. */
class RefillTest {
  @ParameterizedTest
  @CsvSource({
    "8, 8, 0, the batch is full",
    "8, 9, 0, and more than full",
    "8, 2, 8, 6 are missing: 24 at a quarter but never more than the first round had",
    "8, 6, 3, 2 are missing: 2 2/3 at three quarters",
    "8, 0, 8, nothing is known of the share: as in the first round",
    "16, 7, 3, 1 is missing: 2 2/7 at 7 of 16",
    "98, 0, 2, no more examples are left",
    "100, 3, 0, none is left",
  })
  void aRoundDrawsWhatTheMissingNeedAtTheShareSoFar(
      int drawn, int informative, int count, String why) {
    assertThat(Refill.Round.after(drawn, informative, 8, 100))
        .as(why)
        .isEqualTo(new Refill.Round(drawn, count));
  }

  @Test
  void groupsOfOneRewardAndGroupsOfFaultsAreNotInformative() {
    Dataset<Row> scores =
        Table.SCORES.of(
            SparkTest.session(),
            List.of(
                StageRows.score("differ", 0, "CORRECT", -1),
                StageRows.score("differ", 1, "WRONG", -1),
                StageRows.score("right", 0, "CORRECT", -1),
                StageRows.score("right", 1, "CORRECT", -2),
                StageRows.score("one", 0, "CORRECT", -1),
                StageRows.score("one", 1, "TIMEOUT", -1),
                StageRows.score("none", 0, "ERROR", -1)));
    Objective rloo = Objectives.with(new Rloo(), Aggregation.TOKEN_MEAN);
    Dataset<Row> weights = Weigh.weigh(scores, rloo, 1, 1);
    // One of four: seven more are missing, of which 28 would have to be drawn.
    assertThat(Refill.next(weights, new DynamicSampling(10, 8), 100))
        .isEqualTo(new Refill.Round(4, 8));
    assertThat(Refill.next(weights, new DynamicSampling(10, 1), 100))
        .isEqualTo(new Refill.Round(4, 0));
  }
}
