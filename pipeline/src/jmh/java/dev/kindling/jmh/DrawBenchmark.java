package dev.kindling.jmh;

import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.sample.TokenSampler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Drawing one token from a row of logits. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DrawBenchmark {
  /** Logits of a row. */
  @Param({"512", "32000", "151936"})
  public int vocab;

  /** Share of probability that may be drawn. */
  @Param({"1.0", "0.95"})
  public double topP;

  private final CounterRandom random = CounterRandom.of(1, "draw");
  private FloatBuffer logits;
  private TokenSampler sampler;
  private long draws;

  /** Makes normal logits of deviation 2 in native memory, where torch leaves them. */
  @Setup
  public void fill() {
    logits =
        ByteBuffer.allocateDirect(Float.BYTES * vocab)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < vocab; i++) {
      logits.put(i, (float) (2 * random.normal(i)));
    }
    sampler =
        new TokenSampler(
            new SamplerSettings(1, 0, topP, 0, 1, 0, 1, SamplerSettings.NO_TOKEN, new int[0]),
            vocab);
  }

  /** Draws one token. */
  @Benchmark
  public TokenSampler.Draw draw() {
    return sampler.draw(logits, 0, random.uniform(draws++));
  }
}
