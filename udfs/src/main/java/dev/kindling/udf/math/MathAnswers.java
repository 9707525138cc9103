package dev.kindling.udf.math;

import dev.kindling.udf.Judgement;
import java.util.ArrayList;
import java.util.List;

/**
 * The verifier of mathematics: final answers are equal as writings, as exact numbers, part by part
 * as tuples, intervals, sets and matrices, or by algebra. Units, degrees, currencies and fonts are
 * left out on both sides; 28 % is 28 and 0.28. A gold equation {@code x = 5} accepts {@code 5}. A
 * decimal of six or more decimals is equal to what it rounds.
 */
public final class MathAnswers {
  private MathAnswers() {}

  /**
   * Judges a text.
   *
   * @param goldAnswers accepted answers, each bare or in a text with a final answer
   * @param answer the model's text
   * @param algebra decides what arithmetic leaves open
   */
  public static Judgement judge(List<String> goldAnswers, String answer, Algebra algebra) {
    List<MathReading> readings = readings(answer);
    if (readings.isEmpty()) {
      return Judgement.unparseable("there is no final answer");
    }
    String extracted = readings.get(0).text();
    Judgement fault = null;
    for (String gold : goldAnswers) {
      List<MathReading> accepted = readings(gold);
      if (accepted.isEmpty()) {
        throw new IllegalArgumentException("the gold answer '" + gold + "' is empty");
      }
      // Of several boxes of a gold answer all count.
      MathReading wanted = accepted.get(accepted.size() - 1);
      for (MathReading reading : readings) {
        try {
          if (wanted.isSame(reading, algebra)) {
            return Judgement.correct(reading.text());
          }
        } catch (AlgebraFaultException e) {
          fault = new Judgement(e.verdict(), extracted, e.getMessage());
        }
      }
    }
    if (readings.get(0).isTalk()) {
      return Judgement.unparseable("the answer is words without a formula");
    }
    return fault == null
        ? Judgement.wrong(extracted, "'" + extracted + "' is not the gold answer")
        : fault;
  }

  /**
   * Whether two extracted answers are the same.
   *
   * @throws AlgebraFaultException if algebra gave no verdict
   */
  public static boolean isSame(String one, String other, Algebra algebra)
      throws AlgebraFaultException {
    List<MathReading> left = readings(one);
    List<MathReading> right = readings(other);
    return one.equals(other)
        || (!left.isEmpty() && !right.isEmpty() && left.get(0).isSame(right.get(0), algebra));
  }

  private static List<MathReading> readings(String text) {
    List<MathReading> readings = new ArrayList<>();
    for (String candidate : FinalAnswer.of(text)) {
      MathReading.of(candidate).ifPresent(readings::add);
    }
    return readings;
  }
}
