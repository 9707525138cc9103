package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.objective.Garl;
import dev.kindling.objective.Paft;
import dev.kindling.objective.TokenLoss;
import dev.kindling.row.WeightRow;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objectives on Spark against golden vectors: coefficients, loss and gradient. */
class GoldenAlgorithmsTest {
  static List<GoldenCase> cases() throws IOException {
    return GoldenCase.load("garl", "paft", "grpo", "rloo", "sft");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void coefficientsLossAndGradientAreThoseOfTheGoldenVectors(GoldenCase golden) {
    GoldenRun run = new GoldenRun(golden);
    checkWeights(golden, run.weights());
    checkDoublePrecision(golden, run);
    checkSinglePrecision(golden, run);
    for (int m = 0; m < golden.sequences(); m++) {
      if (run.row(m) != null) {
        assertThat(run.row(m).tokenScale()).isEqualTo(run.tokenScale(m));
      }
    }
  }

  private static void checkWeights(GoldenCase golden, WeightRow weights) {
    double relative = golden.relative64();
    if (golden.objective() instanceof Garl garl) {
      String suffix = garl.normalizeMq() ? "_normalized" : "";
      check("c", weights.rationaleCoefs(), golden.output("c" + suffix), relative);
      if (garl.pathwise()) {
        check("eff", weights.answerCoefs(), golden.output("eff" + suffix), relative);
      }
      check("log P", new double[] {weights.logPHat()}, golden.output("logw_bar"), relative);
    } else if (golden.objective() instanceof Paft) {
      check("log P", new double[] {weights.logPHat()}, golden.output("logw_bar"), relative);
    } else if (golden.output("advantages").length > 0) {
      check("A", weights.rationaleCoefs(), golden.output("advantages"), relative);
    }
  }

  private static void checkDoublePrecision(GoldenCase golden, GoldenRun run) {
    TokenLoss tokenLoss = golden.objective().tokenLoss();
    double loss = 0;
    double[][] slopes = new double[golden.sequences()][];
    for (int m = 0; m < slopes.length; m++) {
      slopes[m] = new double[golden.tokens(m)];
      for (int t = 0; t < slopes[m].length; t++) {
        double logprob = golden.number("/outputs/logps/" + m + "/" + t, Double.NaN);
        double reference = golden.number("/inputs/ref_logps/" + m + "/" + t, Double.NaN);
        double sampler = run.samplerLogprob(m, t);
        double coef = run.coef(m, t);
        double scale = run.tokenScale(m);
        loss += tokenLoss.value(logprob, sampler, reference, coef, scale);
        slopes[m][t] = tokenLoss.slope(logprob, sampler, reference, coef, scale);
      }
    }
    double expected = golden.number("/outputs/loss", Double.NaN);
    check("loss", new double[] {loss}, new double[] {expected}, golden.relative64());
    checkSlopes(golden, slopes, golden.relative64());
  }

  private static void checkSinglePrecision(GoldenCase golden, GoldenRun run) {
    double largest = 0;
    for (int m = 0; m < golden.sequences(); m++) {
      for (int t = 0; t < golden.tokens(m); t++) {
        largest = Math.max(largest, Math.abs(golden.number(slope(m, t), Double.NaN)));
      }
    }
    if (largest > 0 && largest < Float.MIN_NORMAL) {
      assertNothingIsTrainedThatSinglePrecisionCannotHold(golden, run);
      return;
    }
    TokenLoss tokenLoss = golden.objective().tokenLoss();
    double[][] slopes = new double[golden.sequences()][];
    for (int m = 0; m < slopes.length; m++) {
      slopes[m] = new double[golden.tokens(m)];
      for (int t = 0; t < slopes[m].length; t++) {
        slopes[m][t] =
            tokenLoss.slope(
                (float) golden.number("/outputs/logps/" + m + "/" + t, Double.NaN),
                run.trainedSamplerLogprob(m, t),
                (float) golden.number("/inputs/ref_logps/" + m + "/" + t, Double.NaN),
                run.trainedCoef(m, t),
                run.tokenScale(m));
      }
    }
    checkSlopes(golden, slopes, golden.relative32());
  }

  private static void assertNothingIsTrainedThatSinglePrecisionCannotHold(
      GoldenCase golden, GoldenRun run) {
    for (int m = 0; m < golden.sequences(); m++) {
      for (int t = 0; t < golden.tokens(m); t++) {
        assertThat(run.trainedCoef(m, t)).isEqualTo((float) run.coef(m, t));
      }
    }
  }

  private static String slope(int m, int t) {
    return "/outputs/token_coef/" + m + "/" + t;
  }

  /** Compares slopes by log-prob, and by the logits that they are pulled back to. */
  private static void checkSlopes(GoldenCase golden, double[][] slopes, double relative) {
    int vocabulary = golden.json().at("/inputs/logits/0/0").size();
    int tokens = Arrays.stream(slopes).mapToInt(s -> s.length).sum();
    double[] actual = new double[tokens];
    double[] expected = new double[tokens];
    double[] actualGradient = new double[tokens * vocabulary];
    double[] expectedGradient = new double[tokens * vocabulary];
    int i = 0;
    for (int m = 0; m < slopes.length; m++) {
      int[] ids = golden.ids(m, 0, slopes[m].length);
      for (int t = 0; t < slopes[m].length; t++, i++) {
        actual[i] = slopes[m][t];
        expected[i] = golden.number(slope(m, t), Double.NaN);
        double[] probabilities = softmax(golden, m, t, vocabulary);
        for (int v = 0; v < vocabulary; v++) {
          double ofLogprob = (v == ids[t] ? 1 : 0) - probabilities[v];
          actualGradient[i * vocabulary + v] = slopes[m][t] * ofLogprob;
          expectedGradient[i * vocabulary + v] =
              golden.number("/outputs/grad_logits/" + m + "/" + t + "/" + v, Double.NaN);
        }
      }
    }
    check("slopes", actual, expected, relative);
    check("gradient", actualGradient, expectedGradient, relative);
  }

  private static double[] softmax(GoldenCase golden, int m, int t, int vocabulary) {
    double[] result = new double[vocabulary];
    double largest = Double.NEGATIVE_INFINITY;
    for (int v = 0; v < vocabulary; v++) {
      result[v] = golden.number("/inputs/logits/" + m + "/" + t + "/" + v, Double.NaN);
      largest = Math.max(largest, result[v]);
    }
    double sum = 0;
    for (int v = 0; v < vocabulary; v++) {
      result[v] = Math.exp(result[v] - largest);
      sum += result[v];
    }
    for (int v = 0; v < vocabulary; v++) {
      result[v] /= sum;
    }
    return result;
  }

  /** Entries agree within a tolerance relative to the field's largest. */
  private static void check(String field, double[] actual, double[] expected, double relative) {
    assertThat(actual).as(field).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as(field + "[" + i + "]")
          .isCloseTo(expected[i], within(relative * largest));
    }
  }
}
