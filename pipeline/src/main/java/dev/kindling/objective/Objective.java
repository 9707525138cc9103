package dev.kindling.objective;

import dev.kindling.check.Check;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the policy is trained for: an estimator, whose SQL turns the scores of an example's samples
 * into coefficients; a token loss, in which the coefficients meet log-probs; regularisers; and an
 * aggregation, which gives each token its share. A token's coefficient is its sample's times that
 * share.
 *
 * @param estimator makes the coefficients
 * @param tokenLoss how they meet log-probs
 * @param regularisers what is added per token, or becomes of its coefficient, in order; those of
 *     the estimator come before them
 * @param aggregation how tokens are averaged into the loss
 * @param lengthLimit the constant length of an aggregation that has one, in tokens, at least 1
 * @param overlong what long completions lose of their reward; empty for nothing
 * @param sampling how prompts whose rewards are all equal are replaced; empty trains on all
 */
public record Objective(
    Estimator estimator,
    TokenLoss tokenLoss,
    List<Regulariser> regularisers,
    Aggregation aggregation,
    long lengthLimit,
    Optional<OverlongShaping> overlong,
    Optional<DynamicSampling> sampling)
    implements Serializable {
  /** Refuses parts that have no meaning together. */
  public Objective {
    regularisers = List.copyOf(regularisers);
    Check check = new Check();
    check.that(lengthLimit >= 1, "objective.length_limit", lengthLimit, "must be >= 1");
    checkLoss(check, estimator, tokenLoss);
    checkRewards(check, estimator, overlong.isPresent(), sampling.isPresent());
    for (Regulariser regulariser : regularisers) {
      checkRegulariser(check, estimator, tokenLoss, regularisers, regulariser);
    }
    check.done();
  }

  /** An estimator as its paper has it, without regularisers. */
  public static Objective of(Estimator estimator) {
    return new Objective(
        estimator,
        estimator.paperLoss(),
        List.of(),
        estimator.paperAggregation(),
        1,
        Optional.empty(),
        Optional.empty());
  }

  private static void checkLoss(Check check, Estimator estimator, TokenLoss tokenLoss) {
    check.that(
        !estimator.isSupervised() || !tokenLoss.usesRatio(),
        "objective.loss",
        tokenLoss.name(),
        "must be policy-gradient with objective.name = sft: nothing was sampled, so there is no"
            + " ratio");
    boolean ofSequence = !(tokenLoss instanceof PerTokenLoss);
    check.that(
        !ofSequence || !(estimator instanceof Paft),
        "objective.loss",
        tokenLoss.name(),
        "must not be of the gspo kind with objective.name = paft: a sequence that was drawn again"
            + " has no ratio to the policy that sampled it once");
    check.that(
        !ofSequence || estimator.success() == Success.VERIFIED,
        "objective.loss",
        tokenLoss.name(),
        "must not be of the gspo kind with objective.success = likelihood: the gold answer was not"
            + " sampled, so the sequence has no ratio");
  }

  private static void checkRewards(
      Check check, Estimator estimator, boolean overlong, boolean sampling) {
    boolean ofRewards = estimator.success() == Success.VERIFIED && !isOfWeights(estimator);
    String rule = "must be off with objective.name = %s: its coefficients are not made of rewards";
    check.that(
        ofRewards || !overlong, "objective.overlong.cache", "on", rule.formatted(estimator.name()));
    check.that(
        ofRewards || !sampling,
        "objective.dynamic_sampling.max_rounds",
        "on",
        rule.formatted(estimator.name()));
  }

  private static boolean isOfWeights(Estimator estimator) {
    return estimator instanceof Garl || estimator instanceof Paft;
  }

  private static void checkRegulariser(
      Check check,
      Estimator estimator,
      TokenLoss tokenLoss,
      List<Regulariser> all,
      Regulariser regulariser) {
    String name = regulariser.name();
    check.that(
        !estimator.isSupervised() || !regulariser.needsSampledTokens(),
        "objective.regularisers",
        name,
        "must not be there with objective.name = sft: it is about tokens that the policy sampled");
    check.that(
        all.stream().filter(other -> other.name().equals(name)).count() == 1,
        "objective.regularisers",
        name,
        "must be there once");
    if (regulariser instanceof TruncatedImportance) {
      check.that(
          !tokenLoss.usesRatio(),
          "objective.importance_cap",
          "on",
          "must be 0 with objective.loss = "
              + tokenLoss.name()
              + ": its ratio to the policy that sampled is that correction already");
    }
    if (regulariser instanceof KlCov) {
      check.that(
          tokenLoss.usesRatio(),
          "objective.regularisers",
          name,
          "must not be there with objective.loss = policy-gradient: its term is a penalty on the"
              + " ratio to the policy that sampled, whose paper's loss is ratio");
    }
    if (regulariser instanceof ClipCov) {
      check.that(
          tokenLoss instanceof ClippedRatio,
          "objective.regularisers",
          name,
          "must not be there with objective.loss = "
              + tokenLoss.name()
              + ": it chooses among the tokens that clipped-ratio does not clip");
    }
    if (regulariser.proxyPolicy().isPresent()) {
      check.that(
          !(estimator instanceof Paft),
          "objective.regularisers",
          name,
          "must not be there with objective.name = paft: no coefficient of it is negative, so"
              + " nothing would be regularised");
    }
    if (regulariser instanceof LpReg) {
      check.that(
          all.stream().noneMatch(LpRegCode.class::isInstance),
          "objective.regularisers",
          name,
          "must not be there with lp-reg-code: they are two forms of one term");
    }
  }

  /** Which estimate of success the coefficients are made from. */
  public Success success() {
    return estimator.success();
  }

  /** What the trainer differentiates. */
  public SequenceLoss loss() {
    return new SequenceLoss(tokenLoss, allRegularisers());
  }

  private List<Regulariser> allRegularisers() {
    return Stream.concat(estimator.regularisers().stream(), regularisers.stream()).toList();
  }
}
