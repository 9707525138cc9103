package dev.kindling.engine.train;

import dev.kindling.objective.LossTerms;
import dev.kindling.objective.SequenceLoss;
import dev.kindling.objective.SequenceScores;
import java.util.ArrayList;
import java.util.List;

/**
 * What the scoring pass says of one sequence.
 *
 * @param sequence the sequence
 * @param tokens indices of its trained tokens, ascending
 * @param sampledTokens how many of them, from the first on, the policy sampled
 * @param scores of the trained tokens
 * @param clipped whether the token loss clips each token's ratio
 */
public record SequenceSignals(
    Sequence sequence, int[] tokens, int sampledTokens, SequenceScores scores, boolean[] clipped) {
  /** The signals of all sequences of a micro-batch that have picks. */
  static List<SequenceSignals> of(MicroBatch batch, PickScores scores, SequenceLoss loss) {
    List<SequenceSignals> signals = new ArrayList<>();
    for (int first = 0, next; first < batch.picks(); first = next) {
      next = batch.endOfSequence(first);
      Sequence sequence = batch.sequences().get(batch.row(first));
      int[] tokens = new int[next - first];
      int sampled = 0;
      for (int t = 0; t < tokens.length; t++) {
        tokens[t] = batch.token(first + t);
        sampled += tokens[t] < sequence.sampledEnd() ? 1 : 0;
      }
      SequenceScores seen = BatchLoss.scores(batch, first, next, scores);
      LossTerms terms = new LossTerms(tokens.length);
      loss.tokenLoss().add(seen, seen.coefs(), terms);
      signals.add(new SequenceSignals(sequence, tokens, sampled, seen, terms.clipped()));
    }
    return signals;
  }
}
