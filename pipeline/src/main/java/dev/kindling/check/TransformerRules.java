package dev.kindling.check;

/**
 * What holds for the shape of every transformer, whether it comes from settings or from a model's
 * own files.
 */
public final class TransformerRules {
  // The deepest models that are published have a few hundred; each costs memory before any weights.
  private static final int MOST_LAYERS = 1000;

  private TransformerRules() {}

  /** A check that already has the rules of a shape; the names are those of the settings. */
  public static Check of(
      int hidden,
      int layers,
      int heads,
      int kvHeads,
      int headDim,
      int intermediate,
      int maxPositions,
      double ropeTheta,
      double normEps) {
    return new Check()
        .that(hidden >= 1, "model.hidden", hidden, "must be >= 1")
        .that(
            layers >= 1 && layers <= MOST_LAYERS,
            "model.layers",
            layers,
            "must be in [1, " + MOST_LAYERS + "]")
        .that(kvHeads >= 1, "model.kv_heads", kvHeads, "must be >= 1")
        .that(
            heads >= 1 && kvHeads >= 1 && heads % kvHeads == 0,
            "model.heads",
            heads,
            "must be a positive multiple of model.kv_heads = " + kvHeads)
        .that(headDim >= 2 && headDim % 2 == 0, "model.head_dim", headDim, "must be even and >= 2")
        .that(intermediate >= 1, "model.intermediate", intermediate, "must be >= 1")
        .that(maxPositions >= 2, "model.max_positions", maxPositions, "must be >= 2")
        .that(ropeTheta > 1, "model.rope_theta", ropeTheta, "must be > 1")
        .that(normEps > 0 && normEps < 1, "model.norm_eps", normEps, "must be in (0, 1)");
  }
}
