package dev.kindling.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import org.junit.jupiter.api.Test;

/** The least time of a task, worked out by hand for one layer. */
class FloorTest {
  // Weights of a layer: 4 * (2 * 4 + 2 * 2 + 3 * 8) = 144; of the head: 10 * 4 = 40.
  private static final ModelConfig CONFIG =
      new ModelConfig(10, 4, 1, 2, 1, 2, 8, 64, 1e4, RopeScaling.NONE, 1e-6, true, false, true);
  private static final BenchModel MODEL = new BenchModel("tiny", CONFIG);

  @Test
  void samplingReadsWeightsAndCacheInEachPassWhenMemoryIsSlow() {
    Workload work = new Workload(MODEL, Precision.FLOAT32, 2, 3, 5, 1);
    // Prompts: 144 numbers. Then two passes of 184 weights and 4 numbers for each cached position:
    // 10 of the prompts, in the second one 6 of the answers too.
    double numbers = 144 + (184 + 4 * 10) + (184 + 4 * 16);
    assertThat(new Floor(4, 1e9, 1e9).rollout(work)).isCloseTo(numbers, within(1e-3));
  }

  @Test
  void inBfloat16PassesReadAsManyBytesAsTheProcessorHoldsNumbersIn() {
    Workload work = new Workload(MODEL, Precision.BFLOAT16, 2, 3, 5, 1);
    assertThat(
            new Floor(Arithmetic.of(Precision.BFLOAT16, Device.CPU).bytes(), 1e9, 1e9)
                .rollout(work))
        .isCloseTo(144 + 184 + 40 + 184 + 64, within(1e-3));
  }

  @Test
  void trainingIsThreePassesOverEveryPromptOnceWhenArithmeticIsSlow() {
    Workload work = new Workload(MODEL, Precision.BFLOAT16, 1, 2, 4, 2);
    // 4 + 2 * 2 tokens through 144 weights, 4 logits vectors of 10 * 4; attention of width 4 to
    // 4 * 2 positions within the prompt and, from each of 4 answer tokens, to 5 on average.
    double flops = 2 * 144 * 8 + 2 * 40 * 4 + 4 * 4 * (8 + 20);
    assertThat(new Floor(1e12, 1e12, 1).training(work)).isCloseTo(3 * flops, within(1e-6));
  }
}
