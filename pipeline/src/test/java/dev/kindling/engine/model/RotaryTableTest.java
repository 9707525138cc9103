package dev.kindling.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.GoldenModel;
import org.junit.jupiter.api.Test;

/** Rotary frequencies against transformers' and against a hand's. */
class RotaryTableTest {
  @Test
  void scaledFrequenciesAreThoseOfTransformers() throws Exception {
    GoldenModel model = GoldenModel.of("llama3-tiny");
    double[] expected = GoldenModel.doubles(model.golden().at("/measured/rope_inv_freq"));
    double[] frequencies = RotaryTable.frequencies(model.open().shape());
    assertThat(frequencies).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(frequencies[i]).isCloseTo(expected[i], within(1e-6 * expected[i]));
    }
  }

  @Test
  void slowFrequenciesAreDividedFastOnesStayAndThoseBetweenAreBlended() {
    // 2000 positions; fewer than 1 turn is slow, more than 4 fast; 2.5 turns are halfway.
    RopeScaling scaling = new RopeScaling(8, 1, 4, 2000);
    double turn = 2 * Math.PI / 2000;
    assertThat(scaling.apply(0.8 * turn)).isCloseTo(0.1 * turn, within(1e-15));
    assertThat(scaling.apply(5 * turn)).isEqualTo(5 * turn);
    assertThat(scaling.apply(2.5 * turn)).isCloseTo((2.5 + 2.5 / 8) / 2 * turn, within(1e-15));
    assertThat(RopeScaling.NONE.apply(turn)).isEqualTo(turn);
  }
}
