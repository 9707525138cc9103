package dev.kindling.stage;

import java.util.List;
import java.util.function.BiPredicate;

/** A vote among sampled answers: each is for the first answer that is the same. */
final class Votes {
  /** Stands where nothing was answered. */
  static final int NONE = -1;

  private Votes() {}

  /**
   * Which candidate each answer votes for.
   *
   * @param answers in the order of their samples; null does not vote
   * @param isSame whether two answers are one, the earlier first
   * @return for each answer the place of the first that is the same; {@link #NONE} for null
   */
  static int[] candidates(List<String> answers, BiPredicate<String, String> isSame) {
    int[] candidates = new int[answers.size()];
    for (int i = 0; i < candidates.length; i++) {
      candidates[i] = answers.get(i) == null ? NONE : i;
      for (int j = 0; j < i && candidates[i] == i; j++) {
        if (candidates[j] == j && isSame.test(answers.get(j), answers.get(i))) {
          candidates[i] = j;
        }
      }
    }
    return candidates;
  }

  /**
   * Place of the candidate with most of the first {@code count} votes, of several the earliest;
   * {@link #NONE} where nobody voted.
   */
  static int winner(int[] candidates, int count) {
    int[] votes = new int[count];
    int winner = NONE;
    for (int i = 0; i < count; i++) {
      if (candidates[i] != NONE) {
        votes[candidates[i]]++;
      }
    }
    for (int i = 0; i < count; i++) {
      if (votes[i] > (winner == NONE ? 0 : votes[winner])) {
        winner = i;
      }
    }
    return winner;
  }
}
