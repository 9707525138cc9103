package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.Optional;

/**
 * How rollouts are drawn.
 *
 * @param promptsPerStep prompts that one step draws
 * @param samples rollouts per prompt, the group's size M
 * @param promptsPerTask prompts that one Spark task samples together
 * @param temperature divisor of the logits
 * @param topK how many of the likeliest tokens may be drawn; 0 allows all
 * @param topP share of the probability that may be drawn, likeliest tokens first, in (0, 1]
 * @param minP tokens below this share of the likeliest token's probability are not drawn
 * @param thinkingTokens longest rationale; 0 for none
 * @param answerTokens longest answer
 * @param endOfThinking text of the token between rationale and answer
 * @param endOfSequence text of the token that ends an answer; empty takes the model's
 */
public record SamplerConf(
    int promptsPerStep,
    int samples,
    int promptsPerTask,
    double temperature,
    int topK,
    double topP,
    double minP,
    int thinkingTokens,
    int answerTokens,
    String endOfThinking,
    Optional<String> endOfSequence) {
  private static final int MOST_TOKENS = 1 << 20;

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public SamplerConf {
    new Check()
        .that(promptsPerStep >= 1, "sampler.prompts_per_step", promptsPerStep, "must be >= 1")
        .that(samples >= 1, "sampler.samples", samples, "must be >= 1")
        .that(promptsPerTask >= 1, "sampler.prompts_per_task", promptsPerTask, "must be >= 1")
        .that(
            temperature > 0 && temperature <= 10,
            "sampler.temperature",
            temperature,
            "must be in (0, 10]: a greedy policy explores nothing")
        .that(topK >= 0, "sampler.top_k", topK, "must be >= 0")
        .that(topP > 0 && topP <= 1, "sampler.top_p", topP, "must be in (0, 1]")
        .that(minP >= 0 && minP < 1, "sampler.min_p", minP, "must be in [0, 1)")
        .that(
            thinkingTokens >= 0 && thinkingTokens <= MOST_TOKENS,
            "sampler.thinking_tokens",
            thinkingTokens,
            "must be in [0, " + MOST_TOKENS + "]")
        .that(
            answerTokens >= 1 && answerTokens <= MOST_TOKENS,
            "sampler.answer_tokens",
            answerTokens,
            "must be in [1, " + MOST_TOKENS + "]")
        .that(
            !endOfThinking.isEmpty(), "sampler.end_of_thinking", endOfThinking, "must not be empty")
        .that(
            endOfSequence.isEmpty()
                || !(endOfSequence.get().isEmpty() || endOfSequence.get().equals(endOfThinking)),
            "sampler.end_of_sequence",
            endOfSequence.orElse(null),
            "must not be empty and not be sampler.end_of_thinking")
        .done();
  }
}
