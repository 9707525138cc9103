package dev.kindling.udf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Overlap of the words of an answer with those of a gold answer, for evaluation; never a reward.
 *
 * @param precision share of the answer's words that the gold answer has, in [0, 1]
 * @param recall share of the gold answer's words that the answer has, in [0, 1]
 * @param f1 their harmonic mean, in [0, 1]
 */
public record AnswerF1(double precision, double recall, double f1) {
  private static final AnswerF1 NONE = new AnswerF1(0, 0, 0);
  private static final AnswerF1 FULL = new AnswerF1(1, 1, 1);
  private static final Set<String> CLOSED_ANSWERS = Set.of("yes", "no", "noanswer");

  /**
   * F1 as HotpotQA's evaluator has it: 0 when the two differ and either is yes, no or noanswer, and
   * 0 when no word is left on either side.
   */
  public static AnswerF1 hotpotqa(String gold, String answer) {
    List<String> goldWords = AnswerText.words(gold);
    List<String> answerWords = AnswerText.words(answer);
    boolean closed = isClosed(goldWords) || isClosed(answerWords);
    return closed && !goldWords.equals(answerWords) ? NONE : overlap(goldWords, answerWords);
  }

  /**
   * F1 as MuSiQue's evaluator has it: no rule for yes and no, and 1 when no word is left on either
   * side, even of an empty answer. Published figures count that, and this is one of them.
   */
  public static AnswerF1 musique(String gold, String answer) {
    List<String> goldWords = AnswerText.words(gold);
    List<String> answerWords = AnswerText.words(answer);
    return goldWords.isEmpty() && answerWords.isEmpty() ? FULL : overlap(goldWords, answerWords);
  }

  private static boolean isClosed(List<String> words) {
    return words.size() == 1 && CLOSED_ANSWERS.contains(words.get(0));
  }

  private static AnswerF1 overlap(List<String> gold, List<String> answer) {
    Map<String, Integer> left = new HashMap<>();
    gold.forEach(word -> left.merge(word, 1, Integer::sum));
    int common = 0;
    for (String word : answer) {
      if (left.getOrDefault(word, 0) > 0) {
        left.merge(word, -1, Integer::sum);
        common++;
      }
    }
    if (common == 0) {
      return NONE;
    }
    double precision = (double) common / answer.size();
    double recall = (double) common / gold.size();
    return new AnswerF1(precision, recall, 2 * precision * recall / (precision + recall));
  }
}
