package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.DynamicSampling;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * 4-weights → how many prompts another round of a step draws, where dynamic sampling replaces those
 * whose rewards are all equal.
 */
public final class Refill {
  private Refill() {}

  /**
   * The prompts of another round.
   *
   * @param drawn prompts that the step has sampled before
   * @param count how many follow; 0 when the batch is full, or no other example is left
   */
  public record Round(int drawn, int count) {
    /**
     * As many prompts as fill the batch if the share of informative ones stays what it was; never
     * more than the first round had.
     *
     * @param drawn prompts that the step has sampled, at least 1
     * @param informative those of them whose rewards differ
     * @param wanted prompts that the batch shall have
     * @param examples size of the data set
     */
    static Round after(int drawn, int informative, int wanted, int examples) {
      int missing = Math.max(0, wanted - informative);
      long needed = (long) Math.ceil((double) missing * drawn / Math.max(1, informative));
      return new Round(drawn, (int) Math.min(Math.min(needed, wanted), examples - drawn));
    }
  }

  /**
   * The round that follows.
   *
   * @param weights rows of 4-weights of everything that the step has sampled
   * @param examples size of the data set, of which a step takes each example once
   */
  public static Round next(Dataset<Row> weights, DynamicSampling sampling, int examples) {
    Row counts = counts(weights).collectAsList().get(0);
    return Round.after(
        (int) counts.getLong(0), (int) counts.getLong(1), sampling.prompts(), examples);
  }

  /** A row of how many examples have weights, and how many of them tell. */
  static Dataset<Row> counts(Dataset<Row> weights) {
    return weights.agg(expr("count(*)"), expr("count_if(" + DynamicSampling.INFORMATIVE + ")"));
  }
}
