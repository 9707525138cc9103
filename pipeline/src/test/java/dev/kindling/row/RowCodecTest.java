package dev.kindling.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.SparkTest;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;

/** Records to rows and back. */
class RowCodecTest {
  private static final ScoreRow FAULT =
      new ScoreRow("a", 3, "", "", "12", null, "TIMEOUT", null, -1.5, 8, "took 2 s", 0.25);

  @Test
  void componentsBecomeSnakeCaseColumns() {
    assertThat(RowCodec.columnName("logPHat")).isEqualTo("log_p_hat");
    assertThat(RowCodec.columnName("mismatchK3")).isEqualTo("mismatch_k3");
    assertThat(RowCodec.columnName("evalPassAt1")).isEqualTo("eval_pass_at1");
  }

  @Test
  void aRecordComesBackFromParquetWithNullsAndArrays() {
    BatchRow batch =
        new BatchRow(
            "a",
            1,
            0,
            2,
            3,
            4,
            new int[] {7, 8},
            1,
            new double[] {0, 0.5},
            0.25,
            new float[] {0, -1},
            -1,
            2);
    Row row = Table.BATCHES.of(SparkTest.session(), List.of(batch)).first();
    BatchRow back = Table.BATCHES.codec().fromRow(row);
    assertThat(back).usingRecursiveComparison().isEqualTo(batch);
    Row fault = Table.SCORES.of(SparkTest.session(), List.of(FAULT)).first();
    assertThat(Table.SCORES.codec().fromRow(fault)).isEqualTo(FAULT);
  }

  @Test
  void columnsAreFoundByNameNotByPlace() {
    Row turned =
        Table.SCORES
            .of(SparkTest.session(), List.of(FAULT))
            .select(
                "verifier_millis",
                "reason",
                "log_w",
                "tokens",
                "reward",
                "verdict",
                "extracted",
                "answer",
                "rationale",
                "prompt",
                "sample",
                "example_id")
            .first();
    assertThat(Table.SCORES.codec().fromRow(turned)).isEqualTo(FAULT);
  }

  @Test
  void aNullInAColumnThatIsNeverNullIsRefusedByName() {
    RowCodec<ScoreRow> codec = Table.SCORES.codec();
    Row row =
        new GenericRowWithSchema(
            new Object[] {"a", null, "12", null, "WRONG", 0.0, -1.5, null, 0.25}, codec.schema());
    assertThatThrownBy(() -> codec.fromRow(row)).hasMessageContaining("Column sample is null");
  }

  /**
   * A component that no column can hold.
   *
   * @param thing not a column
   */
  record Odd(Object thing) {}

  @Test
  void aComponentWithoutAColumnTypeIsRefused() {
    assertThatThrownBy(() -> new RowCodec<>(Odd.class))
        .hasMessageContaining("thing has no column type");
  }
}
