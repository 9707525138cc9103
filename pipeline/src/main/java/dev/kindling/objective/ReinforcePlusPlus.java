package dev.kindling.objective;

import java.util.List;

/**
 * REINFORCE++ (arXiv:2501.03262): rewards without a group's baseline, whitened over all tokens of
 * the batch as {@link BatchWhitening} says, and the clipped ratio. The coefficients of {@code
 * 4-weights} are the rewards.
 *
 * <p>Departure: the batch that is whitened is that of one update, not of the whole step.
 *
 * @param kl weight of the KL divergence to the reference policy in the reward, at least 0
 * @param paperLoss the clipped ratio
 */
public record ReinforcePlusPlus(double kl, ClippedRatio paperLoss) implements Estimator {
  @Override
  public String name() {
    return "reinforce-plus-plus";
  }

  @Override
  public List<SqlColumn> columns() {
    return new Reinforce().columns();
  }

  @Override
  public Aggregation paperAggregation() {
    return Aggregation.TOKEN_MEAN;
  }

  @Override
  public List<Regulariser> regularisers() {
    return List.of(new BatchWhitening(kl));
  }
}
