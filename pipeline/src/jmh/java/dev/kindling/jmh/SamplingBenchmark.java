package dev.kindling.jmh;

import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.sample.Decoder;
import dev.kindling.engine.sample.PromptInput;
import dev.kindling.engine.sample.Sample;
import dev.kindling.engine.sample.Sampler;
import dev.kindling.engine.sample.SamplerSettings;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One step of decoding 8 groups of 8 rows, everything around the steps included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SamplingBenchmark {
  private static final int STEPS = 64;
  private static final int GROUPS = 8;

  /** Precision of the products. */
  @Param({"FLOAT32", "BFLOAT16"})
  public Precision precision;

  private Weights weights;
  private Decoder decoder;
  private Sampler sampler;
  private List<PromptInput> prompts;
  private long step;

  /** Loads the model. */
  @Setup
  public void load() {
    weights = SmallModel.weights();
    decoder = Decoder.of(weights, precision);
    sampler =
        new Sampler(
            decoder,
            new SamplerSettings(1, 0, 1, 0, 8, 0, STEPS, SamplerSettings.NO_TOKEN, new int[0]));
    prompts =
        IntStream.range(0, GROUPS)
            .mapToObj(
                i -> new PromptInput("p" + i, SmallModel.tokens("prompt " + i, 16), new int[] {1}))
            .toList();
  }

  /** Samples one task's rollouts. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public List<Sample> step() {
    return sampler.sample(prompts, 1, step++, finished -> {});
  }

  /** Gives the memory back. */
  @TearDown
  public void close() {
    decoder.close();
    weights.close();
  }
}
