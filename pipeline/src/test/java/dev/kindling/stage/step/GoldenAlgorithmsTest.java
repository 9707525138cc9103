package dev.kindling.stage.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.objective.Garl;
import dev.kindling.objective.LossTerms;
import dev.kindling.objective.Paft;
import dev.kindling.objective.SequenceScores;
import dev.kindling.row.WeightRow;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objectives on Spark against golden vectors: coefficients, loss and gradient. */
class GoldenAlgorithmsTest {
  @ParameterizedTest
  @MethodSource("dev.kindling.stage.step.GoldenFiles#all")
  void coefficientsLossAndGradientAreThoseOfTheGoldenVectors(GoldenCase golden) {
    GoldenRun run = new GoldenRun(golden);
    checkWeights(golden, run.weights());
    checkLoss(golden, run, false);
    checkLoss(golden, run, true);
  }

  private static void checkWeights(GoldenCase golden, List<WeightRow> weights) {
    double relative = golden.relative64();
    double[] logP = weights.stream().mapToDouble(WeightRow::logPHat).toArray();
    double[] rationales = concat(weights, WeightRow::rationaleCoefs);
    if (golden.objective().estimator() instanceof Garl garl) {
      String suffix = garl.normalizeMq() ? "_normalized" : "";
      check("c", rationales, golden.output("c" + suffix), relative);
      if (garl.pathwise()) {
        check(
            "eff",
            concat(weights, WeightRow::answerCoefs),
            golden.output("eff" + suffix),
            relative);
      }
      check("log P", logP, golden.output("logw_bar"), relative);
    } else if (golden.objective().estimator() instanceof Paft) {
      check("log P", logP, golden.output("logw_bar"), relative);
    } else if (golden.output("advantages").length > 0) {
      check("A", rationales, golden.output("advantages"), relative);
    }
  }

  private static double[] concat(List<WeightRow> weights, Function<WeightRow, double[]> part) {
    return weights.stream().map(part).flatMapToDouble(Arrays::stream).toArray();
  }

  private static void checkLoss(GoldenCase golden, GoldenRun run, boolean single) {
    double relative = single ? golden.relative32() : golden.relative64();
    LossTerms[] terms = new LossTerms[golden.sequences()];
    double loss = 0;
    double size = 0;
    for (int m = 0; m < terms.length; m++) {
      SequenceScores scores = run.scores(m, single);
      terms[m] =
          scores == null ? new LossTerms(golden.tokens(m)) : golden.objective().loss().of(scores);
      loss += Arrays.stream(terms[m].values()).sum();
      size += Arrays.stream(terms[m].values()).map(Math::abs).sum();
    }
    // Terms of either sign may cancel out to nothing, so that their size counts.
    assertThat(loss)
        .as("loss")
        .isCloseTo(golden.number("/outputs/loss", Double.NaN), within(relative * size));
    checkSlopes(golden, terms, single, relative);
  }

  /** Compares slopes by log-prob, and by the logits that all slopes are pulled back to. */
  private static void checkSlopes(
      GoldenCase golden, LossTerms[] terms, boolean single, double relative) {
    int vocabulary = golden.vocabulary();
    int tokens = Arrays.stream(terms).mapToInt(of -> of.values().length).sum();
    double[] actual = new double[tokens];
    double[] expected = new double[tokens];
    double[] actualGradient = new double[tokens * vocabulary];
    double[] expectedGradient = new double[tokens * vocabulary];
    int i = 0;
    for (int m = 0; m < terms.length; m++) {
      for (int t = 0; t < terms[m].values().length; t++, i++) {
        actual[i] = terms[m].logprobSlopes()[t];
        expected[i] = golden.number("/outputs/token_coef/" + m + "/" + t, Double.NaN);
        double[] gradient = gradient(golden, m, t, terms[m]);
        for (int v = 0; v < vocabulary; v++) {
          actualGradient[i * vocabulary + v] = gradient[v];
          expectedGradient[i * vocabulary + v] =
              golden.number("/outputs/grad_logits/" + m + "/" + t + "/" + v, Double.NaN);
        }
      }
    }
    if (single) {
      // What the program takes: slopes beside the largest, which lies near 1.
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      for (int t = 0; t < tokens && largest > 0; t++) {
        actual[t] = (float) (actual[t] / largest) * largest;
      }
    }
    check("slopes", actual, expected, relative);
    check("gradient", actualGradient, expectedGradient, relative);
  }

  /** The gradient by the logits of a token, as {@link LossTerms} says. */
  private static double[] gradient(GoldenCase golden, int m, int t, LossTerms terms) {
    TokenDistribution policy = golden.policy(m, t);
    int id = golden.ids(m, t, t + 1)[0];
    double[] gradient = new double[golden.vocabulary()];
    for (int v = 0; v < gradient.length; v++) {
      double p = policy.probability(v);
      gradient[v] = terms.logprobSlopes()[t] * ((v == id ? 1 : 0) - p);
      if (terms.entropySlopes()[t] != 0 && p > 0) {
        gradient[v] -= terms.entropySlopes()[t] * p * (policy.logprob(v) + policy.entropy());
      }
      if (terms.proxySlopes()[t] != 0) {
        gradient[v] += terms.proxySlopes()[t] * (p - golden.proxy(m, t).probability(v));
      }
    }
    return gradient;
  }

  /** Entries agree within a tolerance relative to the field's largest. */
  private static void check(String field, double[] actual, double[] expected, double relative) {
    assertThat(actual).as(field).hasSameSizeAs(expected);
    double largest =
        Arrays.stream(expected).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as(field + "[" + i + "]")
          .isCloseTo(expected[i], within(relative * largest));
    }
  }
}
