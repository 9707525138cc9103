package dev.kindling.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Grpo;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Paft;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Sft;
import dev.kindling.objective.Success;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One golden vector of an algorithm: inputs, and the coefficients, loss and gradient they give.
 *
 * @param algorithm its file's name, without extension
 * @param json the case as the file has it
 * @param relative64 tolerance in double precision, relative to the largest entry of a field
 * @param relative32 tolerance in single precision
 */
record GoldenCase(String algorithm, JsonNode json, double relative64, double relative32) {
  /** All cases of some algorithms, from the folder {@code kindling.golden} or its parent's. */
  static List<GoldenCase> load(String... algorithms) throws IOException {
    Path folder = Path.of(System.getProperty("kindling.golden", "src/test/resources/golden"));
    if (Files.isDirectory(folder.resolve("algorithms"))) {
      folder = folder.resolve("algorithms");
    }
    List<GoldenCase> cases = new ArrayList<>();
    for (String algorithm : algorithms) {
      JsonNode file = new ObjectMapper().readTree(folder.resolve(algorithm + ".json").toFile());
      double relative64 = file.at("/tolerance/f64_rel").doubleValue();
      double relative32 = file.at("/tolerance/f32_rel").doubleValue();
      for (JsonNode json : file.get("cases")) {
        cases.add(new GoldenCase(algorithm, json, relative64, relative32));
      }
    }
    return cases;
  }

  Objective objective() {
    double q = setting("q", Double.NaN);
    boolean normalizeMq = json.at("/inputs/hyper/normalize_mq").asBoolean();
    return switch (algorithm) {
      case "garl" ->
          new Garl(
              Success.LIKELIHOOD, q, json.at("/inputs/hyper/pathwise").asBoolean(), normalizeMq);
      case "paft" ->
          new Paft(Success.LIKELIHOOD, q, json.at("/inputs/resample/0").size(), normalizeMq);
      case "grpo" ->
          new Grpo(
              Success.VERIFIED,
              setting("eps_low", Double.NaN),
              setting("eps_high", Double.NaN),
              setting("dual_clip_c", 0),
              setting("kl_beta", 0),
              aggregation("seq-mean-token-mean"));
      case "rloo" -> new Rloo(Success.VERIFIED, aggregation("seq-mean-token-sum"));
      case "sft" -> new Sft(aggregation("token-mean"));
      default -> throw new IllegalArgumentException(algorithm);
    };
  }

  private double setting(String name, double absent) {
    JsonNode node = json.at("/inputs/hyper/" + name);
    return node.isMissingNode() ? absent : node.doubleValue();
  }

  private Aggregation aggregation(String absent) {
    return Aggregation.named(json.at("/inputs/hyper/agg").asText(absent));
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
    return node.isMissingNode() ? absent : node.doubleValue();
  }

  /** A vector of the file's outputs. */
  double[] output(String name) {
    JsonNode node = json.at("/outputs/" + name);
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).doubleValue();
    }
    return values;
  }

  @Override
  public String toString() {
    return algorithm + " " + json.get("name").asText();
  }
}
