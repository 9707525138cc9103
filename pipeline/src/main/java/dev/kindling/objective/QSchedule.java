package dev.kindling.objective;

import dev.kindling.check.Check;
import java.io.Serializable;

/**
 * The exponent q of the J_Q family over a run.
 *
 * <p>The adaptive q is an example's own: the leading relative bias of the ratio estimator w/P̂^q
 * from M samples is q(q+1)/2 · (1/ESS − 1/M) with ESS = (Σw)²/Σw² (second-order expansion of
 * P̂^-q), and q is the largest up to {@code first} for which that stays within {@code maxBias}. An
 * example whose weights agree, also when all are tiny, is amplified fully; one that a single lucky
 * sample carries is not.
 *
 * @param shape the course
 * @param first q at the first step, in [0, 1]; the only one of a constant, the largest of an
 *     adaptive
 * @param last q when the course is over, in [0, 1]; not used by constant and adaptive
 * @param steps steps of the course, at least 1: a line or cosine arrives after as many, a step
 *     falls then; not used by constant and adaptive
 * @param maxBias bound of the relative bias, above 0; used by adaptive alone
 */
public record QSchedule(Shape shape, double first, double last, long steps, double maxBias)
    implements Serializable {
  /** The course of q. */
  public enum Shape {
    /** Always the first. */
    CONSTANT,
    /** The first, then the last: supervised training, then reinforcement, is 1 to 0. */
    STEP,
    /** A straight line. */
    LINEAR,
    /** Half a cosine. */
    COSINE,
    /** Each example its own. */
    ADAPTIVE
  }

  /** Refuses values that are out of range. */
  public QSchedule {
    new Check()
        .that(first >= 0 && first <= 1, "objective.q", first, "must be in [0, 1]")
        .that(last >= 0 && last <= 1, "objective.schedule.last_q", last, "must be in [0, 1]")
        .that(steps >= 1, "objective.schedule.steps", steps, "must be >= 1")
        .that(
            maxBias > 0 && maxBias < Double.POSITIVE_INFINITY,
            "objective.schedule.max_bias",
            maxBias,
            "must be > 0 and finite")
        .done();
  }

  /** Always the same q. */
  public static QSchedule constant(double q) {
    return new QSchedule(Shape.CONSTANT, q, q, 1, 1);
  }

  /**
   * q as SQL over {@code step} and, of an example, {@code spread}: 1/ESS − 1/M, null where every w
   * is 0.
   */
  String expression() {
    String from = SqlColumn.literal(first);
    String to = SqlColumn.literal(last);
    String progress = "least(1E0, (step - 1) / %s)".formatted(SqlColumn.literal((double) steps));
    return switch (shape) {
      case CONSTANT -> from;
      case STEP -> "CASE WHEN step <= " + steps + " THEN " + from + " ELSE " + to + " END";
      case LINEAR -> "%s + (%s - %1$s) * %s".formatted(from, to, progress);
      case COSINE ->
          "%s + (%s - %1$s) * (1E0 - cos(pi() * %s)) / 2E0".formatted(from, to, progress);
      case ADAPTIVE -> adaptive(from);
    };
  }

  // The positive root of q² + q = 2 bound / spread; no spread allows every q.
  private String adaptive(String largest) {
    return """
        CASE
          WHEN spread IS NULL THEN 0E0
          WHEN spread <= 0E0 THEN %1$s
          ELSE least(%1$s, (sqrt(1E0 + %2$s / spread) - 1E0) / 2E0)
        END"""
        .formatted(largest, SqlColumn.literal(8 * maxBias));
  }
}
