package dev.kindling.udf;

/**
 * A verifier's verdict on one answer.
 *
 * @param verdict what the verifier says
 * @param extracted the part of the answer that was compared; null when none could be read
 * @param reason one sentence on a verdict other than {@code CORRECT}; null for {@code CORRECT}
 */
public record Judgement(Verdict verdict, String extracted, String reason) {
  /** The answer is right. */
  public static Judgement correct(String extracted) {
    return new Judgement(Verdict.CORRECT, extracted, null);
  }

  /** The answer was read and is not right. */
  public static Judgement wrong(String extracted, String reason) {
    return new Judgement(Verdict.WRONG, extracted, reason);
  }

  /** No answer could be read. */
  public static Judgement unparseable(String reason) {
    return new Judgement(Verdict.UNPARSEABLE, null, reason);
  }

  /** The verifier failed. */
  public static Judgement error(String reason) {
    return new Judgement(Verdict.ERROR, null, reason);
  }
}
