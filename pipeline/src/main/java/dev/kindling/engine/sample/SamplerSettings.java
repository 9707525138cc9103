package dev.kindling.engine.sample;

import dev.kindling.check.Check;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How rollouts are sampled.
 *
 * @param temperature divides the logits; 0 takes the likeliest token, ties to the lowest id
 * @param topK keeps the k likeliest tokens; 0 keeps all
 * @param topP keeps the fewest likeliest tokens whose probabilities reach p; 1 keeps all
 * @param minP keeps tokens at least this share as likely as the likeliest; 0 keeps all
 * @param samples rollouts per prompt
 * @param thinkingTokens most tokens sampled for a rationale, a forced end-of-thinking token not
 *     counted; 0 samples no rationale
 * @param answerTokens most tokens sampled for an answer
 * @param endOfThinkingId token that ends a rationale; {@link #NO_TOKEN} where none is sampled
 * @param endOfSequenceIds tokens of which any ends an answer; empty where only the budget does
 */
public record SamplerSettings(
    double temperature,
    int topK,
    double topP,
    double minP,
    int samples,
    int thinkingTokens,
    int answerTokens,
    int endOfThinkingId,
    int[] endOfSequenceIds)
    implements Serializable {
  /** Stands where a token is not needed. */
  public static final int NO_TOKEN = -1;

  /** Refuses settings that no sampling can follow. */
  public SamplerSettings {
    new Check()
        .that(
            temperature >= 0 && temperature <= 100,
            "sampler.temperature",
            temperature,
            "must be in [0, 100]")
        .that(topK >= 0, "sampler.top_k", topK, "must be >= 0, 0 for all")
        .that(topP > 0 && topP <= 1, "sampler.top_p", topP, "must be in (0, 1], 1 for all")
        .that(minP >= 0 && minP <= 1, "sampler.min_p", minP, "must be in [0, 1], 0 for all")
        .that(samples >= 1, "sampler.samples", samples, "must be >= 1")
        .that(thinkingTokens >= 0, "sampler.thinking_tokens", thinkingTokens, "must be >= 0")
        .that(answerTokens >= 1, "sampler.answer_tokens", answerTokens, "must be >= 1")
        .that(
            endOfThinkingId >= 0 || (endOfThinkingId == NO_TOKEN && thinkingTokens == 0),
            "end-of-thinking token",
            endOfThinkingId,
            "must be >= 0 to sample a rationale")
        .that(
            Arrays.stream(endOfSequenceIds).allMatch(id -> id >= 0 && id != endOfThinkingId),
            "end-of-sequence tokens",
            Arrays.toString(endOfSequenceIds),
            "must each be >= 0 and not the end-of-thinking token")
        .done();
  }

  /** Whether a token ends an answer. */
  boolean endsSequence(int token) {
    for (int id : endOfSequenceIds) {
      if (id == token) {
        return true;
      }
    }
    return false;
  }
}
