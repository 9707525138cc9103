package dev.kindling.jmh;

import dev.kindling.row.RolloutRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.Table;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A rollout of 256 + 64 tokens as Spark's row, there and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RowCodecBenchmark {
  private static final int RATIONALE = 256;
  private static final int ANSWER = 64;

  private final RowCodec<RolloutRow> codec = Table.ROLLOUTS.codec();
  private final RolloutRow rollout =
      new RolloutRow(
          "example",
          0,
          "",
          "",
          "",
          SmallModel.tokens("rationale", RATIONALE),
          SmallModel.tokens("answer", ANSWER),
          new float[RATIONALE],
          new float[ANSWER],
          new float[RATIONALE],
          new float[ANSWER],
          new float[8],
          -3,
          "stop",
          false,
          1,
          1,
          0.1);
  private final Row row = named(codec.toRow(rollout));

  /** A row as Spark hands it out, whose columns have names. */
  private Row named(Row bare) {
    Object[] values = IntStream.range(0, bare.size()).mapToObj(bare::get).toArray();
    return new GenericRowWithSchema(values, codec.schema());
  }

  /** From the record. */
  @Benchmark
  public Row toRow() {
    return codec.toRow(rollout);
  }

  /** To the record. */
  @Benchmark
  public RolloutRow fromRow() {
    return codec.fromRow(row);
  }
}
