package dev.kindling.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rollouts for the page's script, no more of them than a page may hold. */
final class RolloutJson {
  /** Characters of all rollouts of a page. */
  static final int MOST_CHARS = 1_600_000;

  private static final int PROMPT_END = 2000;
  private static final int TEXT_START = 3000;
  private static final int TEXT_END = 1000;
  private static final int TOKENS_START = 300;
  private static final int TOKENS_END = 100;

  private RolloutJson() {}

  /**
   * Rollouts of each arm, as many as its share of the page holds: every other step is left out
   * until the rest fits, but for the last, and then the last rollouts of that.
   */
  static void put(ArrayNode rollouts, List<Arm> arms) {
    for (int i = 0; i < arms.size(); i++) {
      List<ObjectNode> nodes = new ArrayList<>();
      for (SampledRollout rollout : arms.get(i).rollouts()) {
        nodes.add(node(rollouts.objectNode().put("arm", i), rollout));
      }
      rollouts.addAll(fitting(nodes, MOST_CHARS / arms.size()));
    }
  }

  private static List<ObjectNode> fitting(List<ObjectNode> all, int most) {
    List<ObjectNode> kept = all;
    List<Long> steps = steps(kept);
    while (steps.size() > 1 && chars(kept) > most) {
      List<Long> before = steps;
      List<Long> rest =
          IntStream.range(0, before.size())
              .filter(i -> (before.size() - 1 - i) % 2 == 0)
              .mapToObj(before::get)
              .toList();
      kept = kept.stream().filter(node -> rest.contains(node.get("step").asLong())).toList();
      steps = rest;
    }
    while (chars(kept) > most) {
      kept = kept.subList(0, kept.size() - 1);
    }
    return kept;
  }

  private static List<Long> steps(List<ObjectNode> nodes) {
    return nodes.stream().map(node -> node.get("step").asLong()).distinct().toList();
  }

  private static int chars(List<ObjectNode> nodes) {
    return nodes.stream().mapToInt(node -> PageJson.text(node).length()).sum();
  }

  private static ObjectNode node(ObjectNode node, SampledRollout rollout) {
    node.put("step", rollout.step());
    node.put("example", Text.visible(rollout.exampleId()));
    node.put("sample", rollout.sample());
    node.put("verdict", Text.visible(rollout.verdict()));
    node.put("reason", Text.visible(rollout.reason()));
    node.put("logW", Numbers.plain(rollout.logW()));
    node.put("prompt", Text.visible(Text.end(rollout.prompt(), PROMPT_END)));
    put(node.putObject("rationale"), rollout.rationale());
    put(node.putObject("answer"), rollout.answer());
    put(node.putObject("gold"), rollout.gold());
    return node;
  }

  private static void put(ObjectNode node, Passage passage) {
    node.put("text", Text.visible(Text.ends(passage.text(), TEXT_START, TEXT_END)));
    ArrayNode tokens = node.putArray("tokens");
    ArrayNode logProbs = node.putArray("logProbs");
    ArrayNode coefs = node.putArray("coefs");
    int count = passage.tokens().size();
    for (int i = 0; i < count; i++) {
      if (i == TOKENS_START && count > TOKENS_START + TOKENS_END) {
        i = count - TOKENS_END;
        tokens.add(" … ");
        logProbs.addNull();
        coefs.addNull();
      }
      tokens.add(Text.visible(passage.tokens().get(i)));
      logProbs.add(PageJson.number(at(passage.logProbs(), i), 3));
      coefs.add(PageJson.number(at(passage.coefs(), i), 3));
    }
    if (passage.coefs().length == 0) {
      coefs.removeAll();
    }
  }

  private static double at(double[] numbers, int place) {
    return place < numbers.length ? numbers[place] : Double.NaN;
  }
}
