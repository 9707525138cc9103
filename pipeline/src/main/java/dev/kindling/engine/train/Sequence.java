package dev.kindling.engine.train;

import dev.kindling.check.Check;

/**
 * One training sequence: prompt, rationale and answer. The arrays run over {@code tokenIds};
 * entries of the prompt are 0.
 *
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param tokenIds the tokens, at least one
 * @param promptLength number of leading tokens that are the prompt, at least 1: the first token has
 *     no predecessor, so no log-prob
 * @param coefs coefficient of each token's log-prob, denominators of the global batch contained
 * @param tokenScale share of one token in the aggregated loss, before any advantage
 * @param samplerLogprobs log-prob of each token under the policy that sampled, in nats
 * @param forcedToken index of a token that nobody chose, and which is never trained on; −1 without
 * @param sampledEnd index behind the last token that the policy sampled; what follows is a gold
 *     answer
 * @param marks what the batch-wide regularisers say of each trained token, in their order
 */
public record Sequence(
    String exampleId,
    int sample,
    int[] tokenIds,
    int promptLength,
    double[] coefs,
    double tokenScale,
    float[] samplerLogprobs,
    int forcedToken,
    int sampledEnd,
    double[][] marks) {
  /** Refuses arrays of different lengths and a prompt outside of the sequence. */
  public Sequence {
    String name = "sequence " + exampleId + "/" + sample;
    int length = tokenIds.length;
    new Check()
        .that(
            promptLength >= 1 && promptLength <= length,
            name + " prompt length",
            promptLength,
            "must be in [1, " + length + "], the sequence's tokens")
        .that(
            coefs.length == length,
            name + " coefficients",
            coefs.length,
            "must be as many as tokens, " + length)
        .that(
            samplerLogprobs.length == length,
            name + " sampler log-probs",
            samplerLogprobs.length,
            "must be as many as tokens, " + length)
        .done();
  }

  /** A sequence that was sampled as a whole, without marks. */
  public Sequence(
      String exampleId,
      int sample,
      int[] tokenIds,
      int promptLength,
      double[] coefs,
      double tokenScale,
      float[] samplerLogprobs) {
    this(
        exampleId,
        sample,
        tokenIds,
        promptLength,
        coefs,
        tokenScale,
        samplerLogprobs,
        -1,
        tokenIds.length,
        new double[0][]);
  }

  /** Whether token {@code t} is trained on; {@code always} counts tokens without a coefficient. */
  boolean isTrained(int t, boolean always) {
    return t >= promptLength && t != forcedToken && (coefs[t] != 0 || (always && tokenScale != 0));
  }
}
