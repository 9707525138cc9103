package dev.kindling.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tensors and the devices that they are on. */
class TensorTest {
  @Test
  void aTensorOnTheCpuMovedThereIsTheSameMemory() {
    try (Tensor tensor = Tensor.of(new float[] {1, 2, 3}, 3);
        Tensor again = tensor.on(Device.CPU)) {
      assertThat(again.device()).isEqualTo(Device.CPU);
      tensor.memory().asFloatBuffer().put(1, 7);
      assertThat(again.floats()).containsExactly(1, 7, 3);
    }
  }

  @Test
  void aMovedTensorOutlivesTheOneItCameFrom() {
    try (Tensor moved = moved()) {
      assertThat(moved.floats()).containsExactly(4, 5);
    }
  }

  private static Tensor moved() {
    try (Tensor tensor = Tensor.of(new float[] {4, 5}, 2)) {
      return tensor.on(Device.CPU);
    }
  }
}
