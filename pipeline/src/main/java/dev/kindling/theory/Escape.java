package dev.kindling.theory;

import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.train.Trainer;
import java.util.List;

/**
 * The time in which gradient descent leads a policy from a small probability of the right answer to
 * 1/2: the sum of its learning rates. The policy has two answers, so that the difference of their
 * logits is the log-odds of success, the θ of the paper's model P = σ(θ), and time is the paper's.
 *
 * <p>A step moves the log-odds by about {@link #STEP}, however small P is: its learning rate is as
 * large as that allows. Gradient flow is what small steps tend to, so their number may be chosen
 * and their sum is measured; at q = 0 and P = 1e-6 steps of one learning rate would be ten million.
 */
final class Escape {
  /** Change of the log-odds in one step. */
  static final double STEP = 0.05;

  private static final double LOG_HALF = Math.log(0.5);
  private static final int WRONG = 0;
  private static final int RIGHT = 1;

  private Escape() {}

  /**
   * The times with the exact gradient. The gradients of all q point the same way, so that their
   * policies take the same steps, which are made once; each q needs its own learning rate for one,
   * that of q = 1, whose coefficient is 1, over its coefficient.
   *
   * @param start probability of the right answer, in (0, 1/2)
   * @param coefficients of each q
   * @return a time for each q
   */
  static double[] exact(Trainer trainer, double start, List<StageCoefficients> coefficients) {
    double[] times = new double[coefficients.size()];
    try (TinyPolicy policy = TinyPolicy.of(trainer, 1 - start, start)) {
      double log = policy.logLikelihoods(RIGHT)[0];
      while (log < LOG_HALF) {
        double time = STEP / -Math.expm1(log);
        for (int i = 0; i < times.length; i++) {
          times[i] += time / coefficients.get(i).ofGold(log);
        }
        policy.step(List.of(new TinyPolicy.Example(0, RIGHT, 1)), time);
        log = policy.logLikelihoods(RIGHT)[0];
      }
    }
    return times;
  }

  /**
   * The time with groups of drawn answers, judged right or wrong. The learning rate follows from P
   * alone, never from what was drawn, and is such that the first right answer of a group moves the
   * log-odds by a step.
   *
   * @param start probability of the right answer, in (0, 1/2)
   * @param coefficients of one q
   * @param random the stream of the draws
   */
  static double drawn(
      Trainer trainer, double start, StageCoefficients coefficients, CounterRandom random) {
    int samples = coefficients.samples();
    double time = 0;
    long draws = 0;
    try (TinyPolicy policy = TinyPolicy.of(trainer, 1 - start, start)) {
      double log = policy.logLikelihoods(RIGHT)[0];
      while (log < LOG_HALF) {
        double success = Math.exp(log);
        double rate = STEP / StrictMath.pow(Math.max(success, 1.0 / samples), 1 - coefficients.q());
        int right = 0;
        for (int sample = 0; sample < samples; sample++) {
          right += random.uniform(draws++) < success ? 1 : 0;
        }
        time += rate;
        double ofRight = coefficients.ofCorrect(right);
        double ofWrong = coefficients.ofWrong(right);
        // A group without a right answer has no gradient, as in training.
        if (ofRight != 0 || ofWrong != 0) {
          policy.step(
              List.of(
                  new TinyPolicy.Example(0, RIGHT, ofRight),
                  new TinyPolicy.Example(0, WRONG, ofWrong)),
              rate);
          log = policy.logLikelihoods(RIGHT)[0];
        }
      }
    }
    return time;
  }

  /**
   * The time of gradient flow: ∫ du / (u^(2-q) (1-u)²) from {@code start} to 1/2, by Simpson's rule
   * in log u (arXiv:2604.25907).
   */
  static double integral(double start, double q) {
    int parts = 2000;
    double width = (LOG_HALF - Math.log(start)) / parts;
    double sum = 0;
    for (int i = 0; i <= parts; i++) {
      double u = start * Math.exp(i * width);
      int weight = i == 0 || i == parts ? 1 : 2 + 2 * (i % 2);
      sum += weight * Math.pow(u, q - 1) / ((1 - u) * (1 - u));
    }
    return sum * width / 3;
  }
}
