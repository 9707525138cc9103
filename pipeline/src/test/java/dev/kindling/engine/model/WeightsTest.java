package dev.kindling.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The flat vector of parameters and the values to start from. */
class WeightsTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(11, 8, 2, 2, 1, 4, 12, 32, 10000, RopeScaling.NONE, 1e-6, true, true, false);

  @Test
  void sizeOfTheFlatVectorIsTheSumWorkedOutByHand() {
    // A layer: norms 8+8, q 8x8, k and v 4x8 each, o 8x8, gate, up and down 12x8 each, biases
    // 8+4+4, query and key norms 4+4: 16+64+64+64+288+16+8 = 520. Around: 88 + 8 + 88.
    assertThat(ParameterLayout.of(CONFIG).size()).isEqualTo(2 * 520 + 88 + 8 + 88);
  }

  @Test
  void parametersLieOneBehindTheOtherUnderTheirHuggingFaceNames() {
    ParameterLayout layout = ParameterLayout.of(CONFIG);
    assertThat(layout.parameters().get(0))
        .isEqualTo(Parameter.at(0, "model.embed_tokens.weight", 11, 8));
    assertThat(layout.parameters().get(2))
        .isEqualTo(Parameter.at(96, "model.layers.0.self_attn.q_proj.weight", 8, 8));
    assertThat(layout.parameters().get(15))
        .isEqualTo(Parameter.at(608, "model.layers.1.input_layernorm.weight", 8));
    assertThat(layout.indexAt(95)).isEqualTo(1);
    assertThat(layout.indexAt(96)).isEqualTo(2);
  }

  @Test
  void tiedModelHasNoOutputLayerOfItsOwn() {
    ModelConfig tied =
        new ModelConfig(11, 8, 2, 2, 1, 4, 12, 32, 10000, RopeScaling.NONE, 1e-6, true, true, true);
    assertThat(ParameterLayout.of(tied).parameters())
        .extracting(Parameter::name)
        .doesNotContain("lm_head.weight")
        .last()
        .isEqualTo("model.norm.weight");
  }

  @Test
  void whatIsWrittenAcrossParametersIsReadBack() {
    try (Weights weights = Weights.allocate(CONFIG)) {
      float[] values = new float[100];
      for (int i = 0; i < values.length; i++) {
        values[i] = i + 1;
      }
      weights.write(60, values);
      float[] out = new float[102];
      weights.read(59, out);
      assertThat(out[0]).isZero();
      assertThat(out[1]).isEqualTo(1);
      assertThat(out[100]).isEqualTo(100);
      assertThat(out[101]).isZero();
      // The embedding has 88 elements, so element 88 is the first of the first norm.
      assertThat(weights.tensors().get(1).floats()[0]).isEqualTo(29);
      weights.clear();
      weights.read(59, out);
      assertThat(out).containsOnly(0);
    }
  }

  @Test
  void aRangeOutsideTheVectorIsRefused() {
    try (Weights weights = Weights.allocate(CONFIG)) {
      assertThatThrownBy(() -> weights.read(1220, new float[5]))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("[1220, 1225) is not in [0, 1224)");
    }
  }

  @Test
  void randomWeightsAreAFunctionOfSeedAndName() {
    ModelConfig wide =
        new ModelConfig(
            500, 64, 2, 2, 1, 32, 96, 32, 10000, RopeScaling.NONE, 1e-6, true, true, true);
    try (Weights one = Weights.random(wide, 7, 0.02);
        Weights same = Weights.random(wide, 7, 0.02);
        Weights other = Weights.random(wide, 8, 0.02)) {
      assertThat(one.tensors().get(0).floats()).isEqualTo(same.tensors().get(0).floats());
      assertThat(one.tensors().get(0).floats()).isNotEqualTo(other.tensors().get(0).floats());
      assertThat(deviation(one.tensors().get(0))).isCloseTo(0.02, within(0.0003));
      // o_proj: 0.02 / sqrt(2 * 2 layers); 4096 draws have a relative error of 1.1 %.
      assertThat(deviation(one.tensors().get(5))).isCloseTo(0.01, within(0.0004));
      assertThat(one.tensors().get(1).floats()).containsOnly(1);
      assertThat(one.tensors().get(10).floats()).containsOnly(0);
      float first = one.tensors().get(0).floats()[0];
      assertThat(first)
          .isEqualTo((float) (0.02 * CounterRandom.of(7, "model.embed_tokens.weight").normal(0)));
    }
  }

  private static double deviation(Tensor tensor) {
    double squares = 0;
    float[] elements = tensor.floats();
    for (float element : elements) {
      squares += (double) element * element;
    }
    return Math.sqrt(squares / elements.length);
  }
}
