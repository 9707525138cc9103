package dev.kindling.stage.weigh;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Entries of a queue, in their order, to packs of consecutive ones. Where a pack ends depends on
 * all before it, which no aggregate of SQL says: so it is a function of Java.
 */
final class Packing {
  private static final DataType PACKS =
      DataTypes.createArrayType(
          new StructType()
              .add("start", DataTypes.IntegerType, false)
              .add("length", DataTypes.IntegerType, false)
              .add("tokens", DataTypes.LongType, false),
          false);

  private static final UserDefinedFunction FUNCTION =
      udf(
              (UDF3<Seq<Number>, Integer, Integer, List<Row>>)
                  (costs, base, budget) ->
                      packs(CollectionConverters.asJava(costs.iterator()), base, budget),
              PACKS)
          .withName("packs");

  private Packing() {}

  /**
   * A pack ends where one more entry would bring its tokens above the budget; an entry that exceeds
   * it alone is a pack of its own.
   *
   * @param costs tokens of each entry, an array of whole numbers
   * @param base tokens that every pack has besides
   * @return an array of structs: {@code start} (0-based), {@code length}, {@code tokens}
   */
  static Column packs(Column costs, Column base, int budget) {
    return FUNCTION.apply(costs, base, lit(budget));
  }

  private static List<Row> packs(Iterator<Number> costs, int base, int budget) {
    List<Row> packs = new ArrayList<>();
    int start = 0;
    int length = 0;
    long tokens = base;
    while (costs.hasNext()) {
      long cost = costs.next().longValue();
      if (length > 0 && tokens + cost > budget) {
        packs.add(RowFactory.create(start, length, tokens));
        start += length;
        length = 0;
        tokens = base;
      }
      length++;
      tokens += cost;
    }
    if (length > 0) {
      packs.add(RowFactory.create(start, length, tokens));
    }
    return packs;
  }
}
