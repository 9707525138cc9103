package dev.kindling.report;

import java.util.List;

/**
 * A part of a rollout, as text and token by token.
 *
 * @param text the whole text
 * @param tokens the text of each token; empty where the run has no tokenizer
 * @param logProbs the sampler's log-prob of each token
 * @param coefs the coefficient of each token in the loss; empty where none was trained on
 */
public record Passage(String text, List<String> tokens, double[] logProbs, double[] coefs) {
  /** Keeps its own copy of the tokens. */
  public Passage {
    tokens = List.copyOf(tokens);
  }
}
