package dev.kindling.objective;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What the trainer differentiates: a token loss and what regularisers make of it.
 *
 * @param tokenLoss how coefficients meet log-probs
 * @param regularisers applied in order
 */
public record SequenceLoss(TokenLoss tokenLoss, List<Regulariser> regularisers)
    implements Serializable {
  /** Keeps its own copy of the list. */
  public SequenceLoss {
    regularisers = List.copyOf(regularisers);
  }

  /** The loss of one sequence, whose tokens are all there. */
  public LossTerms of(SequenceScores scores) {
    LossTerms terms = new LossTerms(scores.tokens());
    double[] coefs = scores.coefs().clone();
    int batchWide = 0;
    for (Regulariser regulariser : regularisers) {
      double[] marks = regulariser.isBatchWide() ? scores.marks()[batchWide++] : null;
      for (int t = 0; t < coefs.length; t++) {
        double mark = marks == null ? Double.NaN : marks[t];
        coefs[t] = regulariser.coef(coefs[t], scores, t, mark);
        regulariser.add(scores, t, mark, terms);
      }
    }
    tokenLoss.add(scores, coefs, terms);
    return terms;
  }

  /** The regularisers that must see the whole batch first, in order. */
  public List<Regulariser> batchWide() {
    return regularisers.stream().filter(Regulariser::isBatchWide).toList();
  }

  /** Whether log-probs of the reference policy are needed. */
  public boolean needsReference() {
    return regularisers.stream().anyMatch(Regulariser::needsReference);
  }

  /** Whether the policy that sampled is needed, because the proxy is made from it. */
  public boolean needsSampler() {
    return proxy().filter(proxy -> proxy.source() == Proxy.Source.SAMPLER).isPresent();
  }

  /** The proxy distribution that is needed; empty without one. */
  public Optional<Proxy> proxy() {
    return regularisers.stream()
        .flatMap(regulariser -> regulariser.proxyPolicy().stream())
        .findFirst();
  }

  /** Whether a token whose coefficient is 0 still counts, in a term or in a statistic. */
  public boolean trainsOnZeroCoefficients() {
    return regularisers.stream().anyMatch(Regulariser::countsEveryToken);
  }
}
