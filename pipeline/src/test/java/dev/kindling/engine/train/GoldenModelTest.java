package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.GoldenModel;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Weights;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Log-probs, gradients and one AdamW update of small Hugging Face models, as transformers and
 * torch.optim computed them. Tolerances are those recommended with the data.
 */
class GoldenModelTest {
  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void logprobsAreThoseOfTransformers(GoldenModel model) throws Exception {
    JsonNode cases = model.golden().get("forward");
    try (Weights weights = model.weights();
        Trainer trainer = new Trainer(Precision.FLOAT32, Long.MAX_VALUE)) {
      for (JsonNode one : cases) {
        int[] ids = GoldenModel.ints(one.get("ids"));
        double[] expected = GoldenModel.doubles(one.get("ref64_logp_next"));
        for (int t = 1; t < ids.length; t++) {
          double[] coefs = new double[ids.length];
          coefs[t] = 1;
          assertThat(loss(trainer, weights, ids, coefs).loss())
              .as(one.get("name").asText() + " token " + t)
              .isCloseTo(-expected[t - 1], within(2e-4));
        }
      }
      assertThat(cases).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void gradientAndUpdateAreThoseOfTorch(GoldenModel model) throws Exception {
    JsonNode golden = model.golden().get("gradient");
    int[] ids = GoldenModel.ints(golden.get("ids"));
    double[] coefs = new double[ids.length];
    double absolute = 0;
    for (int t = 1; t < ids.length; t++) {
      coefs[t] = golden.get("coefs").get(t - 1).floatValue();
      absolute += Math.abs(coefs[t]);
    }
    try (Weights weights = model.weights();
        Trainer trainer = new Trainer(Precision.FLOAT32, Long.MAX_VALUE);
        ShardGradient gradient = gradient(trainer, weights, ids, coefs)) {
      assertThat(gradient.statistics().loss())
          .isCloseTo(golden.get("ref64_loss").asDouble(), within(1e-5 * absolute));
      double norm = norm(Examples.flat(gradient));
      double expected = golden.get("ref64_global_grad_norm").asDouble();
      assertThat(norm).isCloseTo(expected, within(1e-5 * expected));
      double clip = Optimizer.clipFactor(norm, golden.get("adamw").get("clip").asDouble());
      assertThat(clip).isCloseTo(golden.get("clip_coef").asDouble(), within(1e-5));
      for (Parameter parameter : weights.layout().parameters()) {
        JsonNode tensor = golden.get("tensors").get(parameter.name());
        checkTensor(parameter, tensor, gradient, weights, clip, golden.get("adamw"));
      }
      assertThat(golden.get("tensors")).hasSize(weights.layout().parameters().size());
      // A clipped first update moves every element by about the rate, whatever its gradient, so
      // that rounding decides on the signs of the smallest.
      double tolerance = clip < 1 ? 1e-2 : 1e-5;
      assertThat(loss(trainer, weights, ids, coefs).loss())
          .isCloseTo(golden.get("adamw").get("loss_after_step").asDouble(), within(tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void bfloat16KeepsTheDirectionOfTheGradientAndTheLogprobs(GoldenModel model) throws Exception {
    JsonNode golden = model.golden().get("gradient");
    int[] ids = GoldenModel.ints(golden.get("ids"));
    double[] coefs = new double[ids.length];
    for (int t = 1; t < ids.length; t++) {
      coefs[t] = golden.get("coefs").get(t - 1).floatValue();
    }
    try (Weights weights = model.weights();
        Trainer whole = new Trainer(Precision.FLOAT32, Long.MAX_VALUE);
        Trainer half = new Trainer(Precision.BFLOAT16, Long.MAX_VALUE);
        ShardGradient expected = gradient(whole, weights, ids, coefs);
        ShardGradient actual = gradient(half, weights, ids, coefs)) {
      float[] a = Examples.flat(expected);
      float[] b = Examples.flat(actual);
      double product = 0;
      for (int i = 0; i < a.length; i++) {
        product += (double) a[i] * b[i];
      }
      double gap = 0;
      for (int t = 1; t < ids.length; t++) {
        double[] one = new double[ids.length];
        one[t] = 1;
        double exact = loss(whole, weights, ids, one).loss();
        gap = Math.max(gap, Math.abs(loss(half, weights, ids, one).loss() - exact));
      }
      assertThat(product / (norm(a) * norm(b))).isGreaterThan(0.998);
      // Eight bits of significand through two layers: 0.06 to 0.17 nats; a wrong layer is off by
      // more.
      assertThat(gap).isBetween(1e-5, 0.5);
    }
  }

  /** Compares one tensor's gradient, then updates it in {@code weights} and compares it again. */
  private static void checkTensor(
      Parameter parameter,
      JsonNode tensor,
      ShardGradient gradient,
      Weights weights,
      double clip,
      JsonNode adamw) {
    float[] slopes = new float[(int) parameter.size()];
    gradient.read(parameter.offset(), slopes);
    double l2 = tensor.get("ref64_grad_l2").asDouble();
    assertThat(norm(slopes)).as(parameter.name()).isCloseTo(l2, within(5e-5 * l2));
    float[] values = new float[slopes.length];
    weights.read(parameter.offset(), values);
    AdamW adam =
        new AdamW(
            adamw.get("beta1").asDouble(),
            adamw.get("beta2").asDouble(),
            adamw.get("eps").asDouble(),
            adamw.get("weight_decay").asDouble());
    adam.update(
        values,
        slopes,
        new float[slopes.length],
        new float[slopes.length],
        clip,
        adamw.get("lr").asDouble(),
        adamw.get("step").asLong());
    weights.write(parameter.offset(), values);
    double rms = l2 / Math.sqrt(slopes.length);
    for (JsonNode element : tensor.get("elements")) {
      int index = element.get("flat_index").asInt();
      String place = parameter.name() + "[" + index + "]";
      double slope = element.get("ref64_grad").asDouble();
      assertThat((double) slopes[index])
          .as(place)
          .isCloseTo(slope, within(1e-3 * rms + 1e-4 * Math.abs(slope)));
      double rate = adamw.get("lr").asDouble();
      double tolerance = element.get("sensitive").asBoolean() ? 2.1 * rate : 1e-6;
      assertThat((double) values[index])
          .as(place)
          .isCloseTo(element.get("ref64_adamw_new").asDouble(), within(tolerance));
    }
    double updated = tensor.get("adamw_new_l2").asDouble();
    assertThat(norm(values)).as(parameter.name()).isCloseTo(updated, within(1e-5 * updated));
  }

  private static GradientStatistics loss(
      Trainer trainer, Weights weights, int[] ids, double[] coefs) {
    try (ShardGradient gradient = gradient(trainer, weights, ids, coefs)) {
      return gradient.statistics();
    }
  }

  private static ShardGradient gradient(
      Trainer trainer, Weights weights, int[] ids, double[] coefs) {
    Sequence sequence = new Sequence("golden", 0, ids, 1, coefs, 0, new float[ids.length]);
    return trainer.gradient(
        Policies.of(weights), List.of(List.of(sequence)), Examples.logLikelihood());
  }

  private static double norm(float[] vector) {
    double squares = 0;
    for (float element : vector) {
      squares += (double) element * element;
    }
    return Math.sqrt(squares);
  }
}
