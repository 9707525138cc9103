package dev.kindling.row;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.Test;

/** Queries that are planned once and run over the rows of one step after the other. */
class HeldQueryTest {
  private final SparkSession spark = SparkTest.session();

  private static InternalRow[] scores(int... rewards) {
    return Table.SCORES.internal(
        IntStream.range(0, rewards.length)
            .mapToObj(
                i ->
                    new ScoreRow(
                        "e" + i % 2,
                        i,
                        "",
                        "",
                        "",
                        null,
                        "CORRECT",
                        (double) rewards[i],
                        0,
                        1,
                        null,
                        0))
            .toList());
  }

  private static Dataset<Row> sums(Dataset<Row> scores) {
    return scores.groupBy("example_id").sum("reward").orderBy("example_id");
  }

  @Test
  void eachRunSeesTheRowsThatItIsGiven() {
    HeldQuery query = new HeldQuery(spark, List.of(Table.SCORES), of -> sums(of.get(0)));
    assertThat(query.isRepeatable()).isTrue();
    assertThat(texts(query.collect(Collections.singletonList(scores(1, 2, 3)))))
        .containsExactly("[e0,4.0]", "[e1,2.0]");
    assertThat(texts(query.collect(Collections.singletonList(scores(5)))))
        .containsExactly("[e0,5.0]");
    assertThat(query.collect(Collections.singletonList(scores()))).isEmpty();
    assertThat(texts(query.collect(Collections.singletonList(scores(1, 2, 3, 4)))))
        .containsExactly("[e0,4.0]", "[e1,6.0]");
  }

  @Test
  void aPlanThatShufflesIsNotRunTwice() {
    HeldQuery query = new HeldQuery(spark, List.of(Table.SCORES), of -> of.get(0).repartition(2));
    assertThat(query.isRepeatable()).isFalse();
  }

  @Test
  void settingsAreAsBeforeWhenAQueryHasRun() {
    String before = spark.conf().get("spark.sql.codegen.factoryMode");
    HeldQuery query = new HeldQuery(spark, List.of(Table.SCORES), of -> of.get(0));
    query.rows(Collections.singletonList(scores(1)));
    assertThat(spark.conf().get("spark.sql.codegen.factoryMode")).isEqualTo(before);
  }

  @Test
  void heldRowsAreAllThereInAsManyTasksAsTheyNeed() {
    int[] rewards = IntStream.range(0, 300).toArray();
    Dataset<Row> held = Table.SCORES.held(spark, scores(rewards));
    assertThat(held.javaRDD().getNumPartitions()).isEqualTo(3);
    assertThat(
            Table.SCORES.collect(held).stream().mapToInt(row -> row.reward().intValue()).toArray())
        .containsExactly(rewards);
  }

  private static List<String> texts(List<Row> rows) {
    return rows.stream().map(Row::toString).toList();
  }
}
