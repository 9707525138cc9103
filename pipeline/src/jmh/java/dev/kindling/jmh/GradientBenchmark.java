package dev.kindling.jmh;

import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.engine.train.Policies;
import dev.kindling.engine.train.Sequence;
import dev.kindling.engine.train.ShardGradient;
import dev.kindling.engine.train.Trainer;
import dev.kindling.objective.PolicyGradient;
import dev.kindling.objective.SequenceLoss;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The gradient of one micro-batch: a group of 8 sequences of 64 + 128 tokens. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class GradientBenchmark {
  private static final int PROMPT = 64;
  private static final int LENGTH = 192;
  private static final SequenceLoss LOSS = new SequenceLoss(new PolicyGradient(), List.of());

  /** Precision of the products. */
  @Param({"FLOAT32", "BFLOAT16"})
  public Precision precision;

  /** Bound on kept activations in MiB: 0 computes every layer twice. */
  @Param({"0", "1024"})
  public long keptMib;

  private Weights weights;
  private Trainer trainer;
  private List<List<Sequence>> microBatches;

  /** Loads the model. */
  @Setup
  public void load() {
    weights = SmallModel.weights();
    trainer = new Trainer(precision, keptMib << 20);
    microBatches = List.of(IntStream.range(0, 8).mapToObj(GradientBenchmark::sequence).toList());
  }

  private static Sequence sequence(int sample) {
    int[] ids = SmallModel.tokens("answer " + sample, LENGTH);
    System.arraycopy(SmallModel.tokens("prompt", PROMPT), 0, ids, 0, PROMPT);
    double[] coefs = new double[LENGTH];
    Arrays.fill(coefs, PROMPT, LENGTH, 0.001);
    return new Sequence("p", sample, ids, PROMPT, coefs, 0.001, new float[LENGTH]);
  }

  /** Computes the gradient. */
  @Benchmark
  public GradientStatistics gradient() {
    try (ShardGradient gradient = trainer.gradient(Policies.of(weights), microBatches, LOSS)) {
      return gradient.statistics();
    }
  }

  /** Gives the memory back. */
  @TearDown
  public void close() {
    trainer.close();
    weights.close();
  }
}
