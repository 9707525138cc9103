package dev.kindling.report;

import dev.kindling.row.ColumnTexts;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

/**
 * A column of 8-metrics that is a figure. All that the table has are shown, so that a column that
 * this page has no words for yet is not missing: it comes last, under its own name.
 *
 * @param column its name in the table
 * @param title what people call it
 * @param meaning what the table's schema says of it
 * @param unit how its values are written
 * @param section the heading that its chart stands under
 */
record Metric(String column, String title, String meaning, Unit unit, String section) {
  private static final String REWARD = "Reward and likelihood";
  private static final String STEP = "Gradient steps";
  private static final String WEIGHTS = "Groups and weights";
  private static final String ROLLOUTS = "Rollouts";
  private static final String MISMATCH = "Sampler against trainer";
  private static final String COST = "Cost";
  private static final String TIME = "Time by stage";

  /** The heading of columns that have none of their own. */
  static final String OTHER = "Other columns";

  /** The headings, in their order. */
  static final List<String> SECTIONS =
      List.of(REWARD, STEP, WEIGHTS, ROLLOUTS, MISMATCH, COST, TIME, OTHER);

  private static final Map<String, Words> WORDS = words();
  private static final List<Metric> ALL = read();

  private record Words(String title, Unit unit, String section) {}

  /** The figures, in the order of the table. */
  static List<Metric> all() {
    return ALL;
  }

  /** The figure of a step; null where it has none. */
  Double of(MetricsRow row) {
    RowCodec<MetricsRow> codec = Table.METRICS.codec();
    Object value = codec.toRow(row).get(codec.schema().fieldIndex(column));
    return value == null ? null : (Double) ((Number) value).doubleValue();
  }

  private static List<Metric> read() {
    Map<String, String> sentences = ColumnTexts.of(Table.METRICS.name());
    List<Metric> metrics = new ArrayList<>();
    for (StructField field : Table.METRICS.codec().schema().fields()) {
      String column = field.name();
      if (field.dataType() instanceof NumericType && !column.equals("step")) {
        Words words = WORDS.getOrDefault(column, new Words(column, Unit.NUMBER, OTHER));
        metrics.add(
            new Metric(
                column,
                words.title(),
                sentences.getOrDefault(column, ""),
                words.unit(),
                words.section()));
      }
    }
    return List.copyOf(metrics);
  }

  private static Map<String, Words> words() {
    Map<String, Words> words = new LinkedHashMap<>();
    words.put("reward", new Words("Training reward", Unit.SHARE, REWARD));
    words.put("reward_std", new Words("Deviation of the reward", Unit.NUMBER, REWARD));
    words.put("log_p_hat", new Words("log P̂", Unit.NUMBER, REWARD));
    words.put("eval_pass_at1", new Words("pass@1, first set", Unit.SHARE, REWARD));
    words.put("eval_log_p_hat", new Words("log P̂, first set", Unit.NUMBER, REWARD));
    words.put("loss", new Words("Loss", Unit.NUMBER, STEP));
    words.put("grad_norm", new Words("Gradient norm", Unit.NUMBER, STEP));
    words.put("learning_rate", new Words("Learning rate", Unit.NUMBER, STEP));
    words.put("clip_fraction", new Words("Clip fraction", Unit.SHARE, STEP));
    words.put("entropy", new Words("Entropy", Unit.NUMBER, STEP));
    words.put("kl", new Words("KL to the reference", Unit.NUMBER, STEP));
    words.put("q", new Words("Exponent q", Unit.NUMBER, WEIGHTS));
    words.put("q_p10", new Words("Exponent q, 10 % quantile", Unit.NUMBER, WEIGHTS));
    words.put("q_p50", new Words("Exponent q, median", Unit.NUMBER, WEIGHTS));
    words.put("q_p90", new Words("Exponent q, 90 % quantile", Unit.NUMBER, WEIGHTS));
    words.put("max_coef", new Words("Largest coefficient", Unit.NUMBER, WEIGHTS));
    words.put("effective_sample_size", new Words("Effective sample size", Unit.NUMBER, WEIGHTS));
    words.put("carried_sample_size", new Words("Carried sample size", Unit.NUMBER, WEIGHTS));
    words.put("frac_reward_zero_std", new Words("Groups without contrast", Unit.SHARE, WEIGHTS));
    words.put("rounds", new Words("Rounds of sampling", Unit.NUMBER, WEIGHTS));
    words.put("prompts_dropped", new Words("Dropped prompts", Unit.NUMBER, WEIGHTS));
    words.put("prompts", new Words("Prompts", Unit.NUMBER, ROLLOUTS));
    words.put("rollouts", new Words("Rollouts", Unit.NUMBER, ROLLOUTS));
    words.put("completion_length", new Words("Completion length", Unit.NUMBER, ROLLOUTS));
    words.put("forced_end_of_thinking", new Words("Forced end of thinking", Unit.SHARE, ROLLOUTS));
    words.put("clipped_ratio", new Words("Cut-off answers", Unit.SHARE, ROLLOUTS));
    words.put("unparseable", new Words("Unparseable answers", Unit.SHARE, ROLLOUTS));
    words.put("verifier_faults", new Words("Verifier faults", Unit.SHARE, ROLLOUTS));
    words.put("mismatch_k1", new Words("Mismatch, mean k1", Unit.NUMBER, MISMATCH));
    words.put("mismatch_k3", new Words("Mismatch, mean k3", Unit.NUMBER, MISMATCH));
    words.put("mismatch_max", new Words("Mismatch, largest", Unit.NUMBER, MISMATCH));
    words.put("epoch", new Words("Epochs", Unit.NUMBER, COST));
    words.put("rows", new Words("Trained rows", Unit.NUMBER, COST));
    words.put("rows_saved", new Words("Rows saved", Unit.NUMBER, COST));
    words.put("tokens", new Words("Trained tokens", Unit.NUMBER, COST));
    for (Map.Entry<String, String> stage : Charts.STAGES.entrySet()) {
      words.put(stage.getKey(), new Words("Seconds of " + stage.getValue(), Unit.SECONDS, TIME));
    }
    return words;
  }
}
