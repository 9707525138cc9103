package dev.kindling.stage.step;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Cispo;
import dev.kindling.objective.ClipCov;
import dev.kindling.objective.ClippedRatio;
import dev.kindling.objective.DynamicSampling;
import dev.kindling.objective.EntropyBonus;
import dev.kindling.objective.Estimator;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Grpo;
import dev.kindling.objective.Gspo;
import dev.kindling.objective.HighEntropy;
import dev.kindling.objective.KlCov;
import dev.kindling.objective.LpReg;
import dev.kindling.objective.LpRegCode;
import dev.kindling.objective.MaxRl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.OverlongShaping;
import dev.kindling.objective.Paft;
import dev.kindling.objective.Proxy;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Ratio;
import dev.kindling.objective.ReferenceKl;
import dev.kindling.objective.Regulariser;
import dev.kindling.objective.Reinforce;
import dev.kindling.objective.ReinforcePlusPlus;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Sapo;
import dev.kindling.objective.Sft;
import dev.kindling.objective.SqlColumn;
import dev.kindling.objective.Success;
import dev.kindling.objective.TokenLoss;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * One golden vector of an algorithm: inputs, and the coefficients, loss and gradient they give.
 *
 * @param algorithm its file's name, without extension
 * @param json the case as the file has it
 * @param relative64 tolerance in double precision, relative to the largest entry of a field
 * @param relative32 tolerance in single precision
 */
record GoldenCase(String algorithm, JsonNode json, double relative64, double relative32) {
  /** The objective that the file's algorithm is, put together as configuration would. */
  Objective objective() {
    Estimator estimator = estimator();
    return new Objective(
        estimator,
        tokenLoss(estimator),
        regularisers(),
        aggregation(estimator),
        Math.max(1, (long) setting("const_len", 1)),
        overlong(),
        json.at("/inputs/hyper/filter_zero_std").asBoolean()
            ? Optional.of(new DynamicSampling(1, Integer.MAX_VALUE))
            : Optional.empty());
  }

  private Estimator estimator() {
    double q = setting("q", Double.NaN);
    boolean normalizeMq = json.at("/inputs/hyper/normalize_mq").asBoolean();
    boolean pathwise = json.at("/inputs/hyper/pathwise").asBoolean();
    return switch (algorithm) {
      case "garl" -> new Garl(Success.LIKELIHOOD, QSchedule.constant(q), pathwise, normalizeMq, 0);
      case "paft" ->
          new Paft(Success.LIKELIHOOD, QSchedule.constant(q), resamples(), normalizeMq, 0);
      // The vectors of the k3 term alone have no rewards, so every advantage is 0.
      case "reinforce", "ref_kl_k3" -> new Reinforce();
      case "reinforce_pp" -> new ReinforcePlusPlus(setting("kl_coef", 0), clippedRatio());
      case "rloo" -> new Rloo();
      case "maxrl" -> new MaxRl(variant());
      case "dr_grpo" -> new Grpo(false, clippedRatio());
      case "sft" -> new Sft();
      default -> new Grpo(true, clippedRatio());
    };
  }

  /**
   * PAFT's draws of an example: as many as the file has, of several examples as each has samples.
   */
  private int resamples() {
    return examples().size() > 1 ? 0 : json.at("/inputs/resample/0").size();
  }

  /**
   * The columns of the estimator; where it draws, the counts of its draws are the file's.
   *
   * @throws IllegalArgumentException when the file does not have a count for each sequence
   */
  List<SqlColumn> columns() {
    List<SqlColumn> own = objective().estimator().columns();
    return algorithm.equals("paft")
        ? own.stream().map(c -> c.name().equals("resampled") ? counted(c.name()) : c).toList()
        : own;
  }

  private SqlColumn counted(String name) {
    List<Integer> order = byExample();
    double[] counts = output("counts");
    if (counts.length != order.size()) {
      throw new IllegalArgumentException(this + " has " + counts.length + " counts");
    }
    StringBuilder sql = new StringBuilder("CASE");
    for (int place = 0; place < counts.length; place++) {
      sql.append(" WHEN %s THEN %d".formatted(isOf(order.get(place)), (int) counts[place]));
    }
    return new SqlColumn(name, sql + " END");
  }

  private MaxRl.Variant variant() {
    return switch (json.at("/inputs/hyper/advantage").asText()) {
      case "maxrl" -> MaxRl.Variant.CODE;
      case "maxrl_none" -> MaxRl.Variant.SUCCESSES;
      case "maxrl_cv" -> MaxRl.Variant.CONTROL_VARIATE;
      default -> throw new IllegalArgumentException(toString());
    };
  }

  private ClippedRatio clippedRatio() {
    // Where a file has no bounds: the released Clip-Cov keeps ratios in [0, 2], 80/20 is on DAPO's.
    double low = algorithm.equals("clip_cov") ? 1 : 0.2;
    double high = algorithm.equals("clip_cov") ? 1 : 0.28;
    return new ClippedRatio(
        setting("eps_low", low), setting("eps_high", high), setting("dual_clip_c", 0));
  }

  private TokenLoss tokenLoss(Estimator estimator) {
    return switch (algorithm) {
      case "gspo" -> new Gspo(setting("eps_low", 0), setting("eps_high", 0));
      case "cispo" -> new Cispo(setting("eps_low", 0), setting("eps_high", 0));
      case "sapo" -> new Sapo(setting("tau_pos", 0), setting("tau_neg", 0));
      case "lp_reg" -> new Ratio(setting("ratio_upper", 0));
      case "lp_reg_code" -> new ClippedRatio(1, setting("ratio_upper", 0) - 1, 0);
      case "kl_cov" -> new Ratio(0);
      default -> estimator.paperLoss();
    };
  }

  private List<Regulariser> regularisers() {
    List<Regulariser> all = new ArrayList<>();
    double kl = setting("kl_beta", 0);
    if (kl > 0) {
      boolean clamps = json.at("/inputs/hyper/kl_clamp").asText().equals("verl");
      all.add(new ReferenceKl(kl, clamps ? 10 : 0));
    }
    switch (algorithm) {
      case "entropy_bonus" -> all.add(new EntropyBonus(setting("entropy_coef", 0)));
      case "high_entropy_8020" -> all.add(highEntropy());
      case "kl_cov" -> all.add(new KlCov(setting("kl_cov_ratio", 0), setting("ppo_kl_coef", 0)));
      case "clip_cov" ->
          all.add(
              new ClipCov(
                  setting("clip_cov_ratio", 0),
                  setting("clip_cov_lb", 0),
                  setting("clip_cov_ub", 0)));
      case "lp_reg" -> all.add(lpReg());
      case "lp_reg_code" -> all.add(new LpRegCode(lpReg()));
      default -> {}
    }
    return all;
  }

  private HighEntropy highEntropy() {
    String rule = json.at("/inputs/hyper/rule").asText();
    return new HighEntropy(
        setting("rho", 0),
        rule.equals("lpreg") ? HighEntropy.Count.FLOOR : HighEntropy.Count.QUANTILE,
        rule.equals("trl") ? HighEntropy.Weight.ALL : HighEntropy.Weight.KEPT);
  }

  private LpReg lpReg() {
    return new LpReg(
        setting("beta", 0),
        setting("rho", 0),
        setting("kappa", 0),
        setting("tau", 0),
        ofSampler() ? Proxy.Source.SAMPLER : Proxy.Source.CURRENT);
  }

  private boolean ofSampler() {
    return !json.at("/inputs/proxy_logits").isMissingNode();
  }

  private Aggregation aggregation(Estimator estimator) {
    String named = json.at("/inputs/hyper/agg").asText();
    if (!named.isEmpty()) {
      return Aggregation.valueOf(named.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
    return switch (algorithm) {
      case "dapo", "cispo", "lp_reg", "lp_reg_code", "kl_cov", "clip_cov", "high_entropy_8020" ->
          Aggregation.TOKEN_MEAN;
      case "ref_kl_k3", "sapo", "gspo" -> Aggregation.SEQ_MEAN_TOKEN_MEAN;
      default -> estimator.paperAggregation();
    };
  }

  private Optional<OverlongShaping> overlong() {
    return json.at("/inputs/hyper/overlong").isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new OverlongShaping(
                (long) setting("overlong/l_max", 0),
                (long) setting("overlong/l_cache", 0),
                setting("overlong/factor", 0)));
  }

  private double setting(String name, double absent) {
    JsonNode node = json.at("/inputs/hyper/" + name);
    return node.isMissingNode() ? absent : node.doubleValue();
  }

  /** The example that a sequence is a sample of. */
  String exampleId(int sequence) {
    if (algorithm.equals("sft")) {
      return String.valueOf(sequence);
    }
    return json.at("/inputs/group/" + sequence).asText("0");
  }

  /** The examples in the order of their first sequences. */
  List<String> examples() {
    return IntStream.range(0, sequences()).mapToObj(this::exampleId).distinct().toList();
  }

  /** The sequences example by example, which is the order of what the file tells of samples. */
  private List<Integer> byExample() {
    List<String> examples = examples();
    return IntStream.range(0, sequences())
        .boxed()
        .sorted(Comparator.comparing(sequence -> examples.indexOf(exampleId(sequence))))
        .toList();
  }

  /** A sequence's place among the samples of its example. */
  int sample(int sequence) {
    int sample = 0;
    for (int earlier = 0; earlier < sequence; earlier++) {
      sample += exampleId(earlier).equals(exampleId(sequence)) ? 1 : 0;
    }
    return sample;
  }

  /** SQL that is true for a sequence. */
  private String isOf(int sequence) {
    return "example_id = '%s' AND sample = %d".formatted(exampleId(sequence), sample(sequence));
  }

  int vocabulary() {
    return json.at("/inputs/logits/0/0").size();
  }

  /** The policy where a token stands. */
  TokenDistribution policy(int sequence, int token) {
    return distribution("logits", sequence, token);
  }

  /** The policy without noise, from the policy that sampled where the case has one. */
  TokenDistribution proxy(int sequence, int token) {
    return distribution(ofSampler() ? "proxy_logits" : "logits", sequence, token)
        .without(lpReg().proxyPolicy().orElseThrow());
  }

  private TokenDistribution distribution(String name, int sequence, int token) {
    JsonNode logits = json.at("/inputs/" + name + "/" + sequence + "/" + token);
    double[] values = new double[logits.size()];
    for (int v = 0; v < values.length; v++) {
      values[v] = real(logits.get(v));
    }
    return TokenDistribution.ofLogits(values);
  }

  /** The log-prob of the sampler; a case without one is on-policy. */
  double samplerLogprob(int sequence, int token) {
    String place = "/" + sequence + "/" + token;
    return number("/inputs/old_logps" + place, number("/outputs/logps" + place, Double.NaN));
  }

  /** SQL for the random numbers that give Clip-Cov's candidates the file's order; may be empty. */
  String draws() {
    StringBuilder sql = new StringBuilder();
    JsonNode order = json.at("/inputs/perm");
    for (int place = 0; place < order.size(); place++) {
      JsonNode candidate = json.at("/outputs/candidates/" + order.get(place).intValue());
      int sequence = candidate.get(0).intValue();
      sql.append(
          " WHEN %s AND token = 2 + %d THEN %dE0"
              .formatted(isOf(sequence), candidate.get(1).intValue(), place));
    }
    return sql.isEmpty() ? "" : "CASE" + sql + " ELSE 1E9 END";
  }

  int sequences() {
    return json.at("/inputs/tokens").size();
  }

  /** Tokens of a sequence that the loss counts; padding, which is masked, follows them. */
  int tokens(int sequence) {
    JsonNode mask = json.at("/inputs/mask/" + sequence);
    if (mask.isMissingNode()) {
      return json.at("/inputs/tokens/" + sequence).size();
    }
    int count = 0;
    for (JsonNode bit : mask) {
      count += bit.intValue();
    }
    return count;
  }

  /** The tokens of z and of y; without parts in the file, y is the last token. */
  int rationaleTokens(int sequence) {
    JsonNode parts = json.at("/inputs/part/" + sequence);
    if (parts.isMissingNode()) {
      return tokens(sequence) - 1;
    }
    int count = 0;
    while (parts.get(count).asText().equals("z")) {
      count++;
    }
    return count;
  }

  int[] ids(int sequence, int from, int to) {
    int[] ids = new int[to - from];
    for (int t = from; t < to; t++) {
      ids[t - from] = json.at("/inputs/tokens/" + sequence + "/" + t).intValue();
    }
    return ids;
  }

  /** A number of the file, or the one given where the file has none. */
  double number(String pointer, double absent) {
    JsonNode node = json.at(pointer);
    return node.isMissingNode() ? absent : real(node);
  }

  /** What a file tells of samples or examples, in order; a single number is a vector of one. */
  double[] output(String name) {
    JsonNode node = json.at("/outputs/" + name);
    if (node.isMissingNode()) {
      return new double[0];
    }
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false).mapToDouble(GoldenCase::real).toArray()
        : new double[] {real(node)};
  }

  /** A number of the file. JSON has no infinity: null is negative infinity. */
  private static double real(JsonNode node) {
    return node.isNull() ? Double.NEGATIVE_INFINITY : node.doubleValue();
  }

  @Override
  public String toString() {
    return algorithm + " " + json.get("name").asText();
  }
}
