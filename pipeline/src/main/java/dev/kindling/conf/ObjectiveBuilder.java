package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.objective.ClippedRatio;
import dev.kindling.objective.DynamicSampling;
import dev.kindling.objective.Estimator;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Grpo;
import dev.kindling.objective.GspoToken;
import dev.kindling.objective.LpRegCode;
import dev.kindling.objective.MaxRl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.OverlongShaping;
import dev.kindling.objective.Paft;
import dev.kindling.objective.PolicyGradient;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Ratio;
import dev.kindling.objective.ReferenceKl;
import dev.kindling.objective.Regulariser;
import dev.kindling.objective.Reinforce;
import dev.kindling.objective.ReinforcePlusPlus;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Sft;
import dev.kindling.objective.TokenLoss;
import dev.kindling.objective.TruncatedImportance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts an objective together from its settings.
 *
 * @param conf the settings
 * @param longestCompletion the sampler's budgets for rationale and answer, in tokens
 * @param promptsPerStep prompts that a batch is made of
 */
record ObjectiveBuilder(ObjectiveConf conf, long longestCompletion, int promptsPerStep) {
  /** Builds it. */
  Objective build() {
    Estimator estimator = estimator(conf.name());
    checkSuccess(estimator);
    return new Objective(
        estimator,
        conf.loss().map(this::loss).orElseGet(estimator::paperLoss),
        regularisers(),
        conf.aggregation().orElseGet(estimator::paperAggregation),
        conf.lengthLimit() > 0 ? conf.lengthLimit() : longestCompletion,
        overlong(),
        sampling());
  }

  private Estimator estimator(ObjectiveConf.Name name) {
    return switch (name) {
      case GARL ->
          new Garl(conf.success(), qSchedule(), conf.pathwise(), conf.normalizeMq(), conf.carry());
      case PAFT ->
          new Paft(conf.success(), qSchedule(), conf.resamples(), conf.normalizeMq(), conf.carry());
      case REINFORCE -> new Reinforce();
      case REINFORCE_PLUS_PLUS -> new ReinforcePlusPlus(conf.rewardKl(), clippedRatio());
      case RLOO -> new Rloo();
      case GRPO -> new Grpo(conf.standardize(), clippedRatio());
      case MAXRL -> new MaxRl(conf.maxrl());
      case SFT -> new Sft();
    };
  }

  private void checkSuccess(Estimator estimator) {
    new Check()
        .that(
            estimator.isSupervised() || estimator.success() == conf.success(),
            "objective.success",
            conf.success().settingName(),
            "must be verified with objective.name = "
                + estimator.name()
                + ": it trains on the sampled answer, whose reward is a verdict; the likelihood of"
                + " the gold answer says nothing about it")
        .done();
  }

  private QSchedule qSchedule() {
    ObjectiveConf.ScheduleConf schedule = conf.schedule();
    return new QSchedule(
        schedule.shape(), conf.q(), schedule.lastQ(), schedule.steps(), schedule.maxBias());
  }

  private ClippedRatio clippedRatio() {
    return new ClippedRatio(conf.clipLow(), conf.clipHigh(), conf.dualClip());
  }

  private TokenLoss loss(ObjectiveConf.Loss loss) {
    return switch (loss) {
      case POLICY_GRADIENT -> new PolicyGradient();
      case CLIPPED_RATIO -> clippedRatio();
      case RATIO -> new Ratio(conf.ratioBound());
      case GSPO -> conf.gspo();
      case GSPO_TOKEN -> new GspoToken(conf.gspo());
      case CISPO -> conf.cispo();
      case SAPO -> conf.sapo();
    };
  }

  private List<Regulariser> regularisers() {
    List<Regulariser> all = new ArrayList<>();
    if (conf.importanceCap() > 0) {
      all.add(new TruncatedImportance(conf.importanceCap()));
    }
    if (conf.kl() > 0) {
      all.add(new ReferenceKl(conf.kl(), conf.klBound()));
    }
    conf.regularisers().forEach(term -> all.add(regulariser(term)));
    return all;
  }

  private Regulariser regulariser(ObjectiveConf.Term term) {
    return switch (term) {
      case LP_REG -> conf.lpReg();
      case LP_REG_CODE -> new LpRegCode(conf.lpReg());
      case ENTROPY_BONUS -> conf.entropyBonus();
      case HIGH_ENTROPY -> conf.highEntropy();
      case KL_COV -> conf.klCov();
      case CLIP_COV -> conf.clipCov();
    };
  }

  private Optional<DynamicSampling> sampling() {
    int maxRounds = conf.dynamicSampling().maxRounds();
    return maxRounds > 0
        ? Optional.of(new DynamicSampling(maxRounds, promptsPerStep))
        : Optional.empty();
  }

  private Optional<OverlongShaping> overlong() {
    return conf.overlong().cache() > 0
        ? Optional.of(
            new OverlongShaping(
                longestCompletion, conf.overlong().cache(), conf.overlong().factor()))
        : Optional.empty();
  }
}
