package dev.kindling.jmh;

import dev.kindling.bench.BenchModel;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.Weights;
import java.util.stream.IntStream;

/** The model of the benchmarks and made-up tokens of it. */
final class SmallModel {
  private SmallModel() {}

  /** Random weights of the shape small. */
  static Weights weights() {
    return Weights.random(BenchModel.named("small").config(), 1, 0.02);
  }

  /** Tokens drawn at random. */
  static int[] tokens(String name, int count) {
    CounterRandom random = CounterRandom.of(1, name);
    int vocab = BenchModel.named("small").config().vocab();
    return IntStream.range(0, count).map(i -> (int) (random.uniform(i) * vocab)).toArray();
  }
}
