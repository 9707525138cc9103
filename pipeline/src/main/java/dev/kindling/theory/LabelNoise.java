package dev.kindling.theory;

import dev.kindling.engine.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one wrong gold answer among ten does. All prompts but the last have the same right answer;
 * the gold answer of the last is wrong. The policy can learn the right answer for all prompts at
 * once, and the wrong one for its prompt alone.
 *
 * @param q exponent of the amplification
 * @param learned time until the right answer has probability 1/2 where gold answers are right
 * @param fitted time until the wrong gold answer has probability 1/2 on its prompt; infinite where
 *     that is later than {@link #HORIZON}
 */
public record LabelNoise(double q, double learned, double fitted) {
  /** Prompts, one of which has a wrong gold answer; as many tokens can answer. */
  static final int PROMPTS = 10;

  /** Probability of the right answer and of the wrong gold answer at first. */
  static final double START = 0.01;

  /**
   * The longest time that is waited for. Later the right answer is so probable that single
   * precision does not resolve what is missing to 1, and times would be those of its rounding.
   */
  static final double HORIZON = 1e6;

  private static final double LOG_HALF = Math.log(0.5);
  private static final int RIGHT = 0;
  private static final int WRONG_GOLD = 1;

  /**
   * Trains on all prompts until the wrong answer is fitted or the horizon passed, each step as long
   * as {@link Escape} has it.
   */
  static LabelNoise of(Trainer trainer, StageCoefficients coefficients) {
    double[] probabilities = new double[PROMPTS];
    Arrays.fill(probabilities, (1 - 2 * START) / (PROMPTS - 2));
    probabilities[RIGHT] = START;
    probabilities[WRONG_GOLD] = START;
    int[] gold = new int[PROMPTS];
    gold[PROMPTS - 1] = WRONG_GOLD;
    double learned = Double.NaN;
    double time = 0;
    try (TinyPolicy policy = TinyPolicy.of(trainer, probabilities)) {
      double[] logs = policy.logLikelihoods(gold);
      while (logs[PROMPTS - 1] < LOG_HALF && time < HORIZON) {
        if (Double.isNaN(learned) && logs[0] >= LOG_HALF) {
          learned = time;
        }
        List<TinyPolicy.Example> examples = new ArrayList<>();
        double slopes = 0;
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
          double coef = coefficients.ofGold(logs[prompt]) / PROMPTS;
          examples.add(new TinyPolicy.Example(prompt, gold[prompt], coef));
          slopes += coef * -Math.expm1(logs[prompt]);
        }
        double step = Escape.STEP / slopes;
        policy.step(examples, step);
        time += step;
        logs = policy.logLikelihoods(gold);
      }
    }
    double fitted = time < HORIZON ? time : Double.POSITIVE_INFINITY;
    return new LabelNoise(coefficients.q(), learned, fitted);
  }
}
