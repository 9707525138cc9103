package dev.kindling.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The quick start's problems, a cold start at a size that a laptop trains.
 *
 * <p>A problem is {@code 45+6-8?} with the rationale {@code 45+6=51;51-8=43}. Its answer has a form
 * of three independent features: {@code a} opens it with {@code <}, {@code c} joins its digits with
 * {@code _}, {@code d} closes it with {@code >}. In pretraining a prompt says which of them it
 * wants ({@code ad:45+6-8?} wants {@code <43>}), each with probability one half. The task names
 * none and wants all three, {@code <4_3>}: the policy can do everything that is asked, but without
 * the letters each feature is improbable to it, and their product is out of reach of sampling.
 */
public final class ArithmeticProblems {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FEATURES = List.of("a", "c", "d");

  /** Every character of prompts, rationales and answers. */
  public static final String ALPHABET = "0123456789+-=;?:<_>acd";

  /** One of this many problems is held out from all training. */
  private static final int HELD_OUT_SHARE = 10;

  private final SplittableRandom random;

  /** Problems of one seed: the same seed gives the same problems. */
  public ArithmeticProblems(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * Supervised examples with rationale, each prompt naming a random subset of the features, no
   * prompt twice.
   *
   * @param count how many; of some 12,600 that there are
   */
  public List<String> pretraining(int count) {
    Map<String, String> lines = new LinkedHashMap<>();
    while (lines.size() < count) {
      List<String> wanted = FEATURES.stream().filter(f -> random.nextBoolean()).toList();
      Problem problem = Problem.draw(random, false);
      String letters = wanted.isEmpty() ? "" : String.join("", wanted) + ":";
      String id = letters + problem.text();
      lines.computeIfAbsent(id, key -> problem.line(key, letters, wanted, problem.rationale()));
    }
    return List.copyOf(lines.values());
  }

  /**
   * Distinct problems of the task: no letters, all features wanted, no rationale given.
   *
   * @param count how many; of 1,750 that there are, one in ten is held out
   */
  public List<String> task(int count, boolean heldOut) {
    Map<Problem, String> lines = new LinkedHashMap<>();
    while (lines.size() < count) {
      Problem problem = Problem.draw(random, heldOut);
      lines.put(problem, problem.line(problem.text(), "", FEATURES, ""));
    }
    return List.copyOf(lines.values());
  }

  /** {@code first + second - third}; every result has two digits. */
  private record Problem(int first, int second, int third) {
    static Problem draw(SplittableRandom random, boolean heldOut) {
      Problem problem;
      do {
        problem = new Problem(random.nextInt(20, 90), random.nextInt(1, 6), random.nextInt(1, 6));
      } while (problem.isHeldOut() != heldOut);
      return problem;
    }

    // A fixed property of the problem, so that no seed can put one on both sides.
    private boolean isHeldOut() {
      return new SplittableRandom((first * 10L + second) * 10L + third).nextInt(HELD_OUT_SHARE)
          == 0;
    }

    String text() {
      return first + "+" + second + "-" + third;
    }

    String rationale() {
      int sum = first + second;
      return "%d+%d=%d;%d-%d=%d".formatted(first, second, sum, sum, third, sum - third);
    }

    String line(String id, String letters, List<String> features, String rationale) {
      ObjectNode node = JSON.createObjectNode();
      node.put("id", id);
      node.put("prompt", letters + text() + "?");
      node.put("answer", answer(features));
      node.put("verifier", "exact_string");
      if (!rationale.isEmpty()) {
        node.put("rationale", rationale);
      }
      return node.toString();
    }

    private String answer(List<String> features) {
      String digits = Integer.toString(first + second - third);
      String joined = features.contains("c") ? String.join("_", digits.split("")) : digits;
      return (features.contains("a") ? "<" : "") + joined + (features.contains("d") ? ">" : "");
    }
  }
}
