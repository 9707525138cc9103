package dev.kindling.stage;

import static org.apache.spark.sql.functions.col;

import dev.kindling.row.PromptRow;
import dev.kindling.row.SessionSettings;
import dev.kindling.row.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Prompts of the run → 1-prompts of a step. */
public final class Prepare {
  private static final String VALUES_PUSHED_DOWN = "spark.sql.parquet.pushdown.inFilterThreshold";
  private static final int FEW = 10;

  private Prepare() {}

  /**
   * Draws prompts of a step: the next of the order that the step does not have yet.
   *
   * @param prompts all prompts of the run
   * @param order the order in which the run visits them
   * @param from place in the prompt order at which the step begins
   * @param drawn prompts that the step has drawn before
   * @param count prompts to draw
   * @return rows of 1-prompts, whose {@code position} is the place in the prompt order; fewer than
   *     {@code count} when no other example is left, for an example comes once in a step
   */
  public static List<PromptRow> draw(
      Dataset<Row> prompts, PromptOrder order, long from, int drawn, int count) {
    Map<Long, Long> places = new HashMap<>();
    for (PromptOrder.Visit visit : order.firstVisits(from, drawn, count)) {
      places.put((long) visit.example(), visit.place());
    }
    Object[] wanted = places.keySet().toArray();
    // Else a reader is told of so many values only the least and the greatest, and reads all.
    String most = String.valueOf(Math.max(FEW, wanted.length));
    List<PromptRow> rows =
        SessionSettings.during(
            prompts.sparkSession(),
            Map.of(VALUES_PUSHED_DOWN, most),
            () -> Table.PROMPTS.collect(prompts.where(col("position").isin(wanted))));
    return rows.stream()
        .map(p -> p.at(places.get(p.position())))
        .sorted((a, b) -> Long.compare(a.position(), b.position()))
        .toList();
  }

  /**
   * The place in the prompt order of the prompt that a step draws next.
   *
   * @param from place in the prompt order at which the step begins
   * @param drawn prompts that the step has drawn before, fewer than the data set has
   */
  public static long next(PromptOrder order, long from, int drawn) {
    return order.firstVisits(from, drawn, 1).get(0).place();
  }

  /**
   * The place in the prompt order behind a step's last prompt.
   *
   * @param from place in the prompt order at which the step begins
   * @param drawn prompts that the step has drawn, from 1 to the size of the data set
   */
  public static long end(PromptOrder order, long from, int drawn) {
    return next(order, from, drawn - 1) + 1;
  }
}
