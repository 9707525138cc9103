package dev.kindling.jmh;

import dev.kindling.engine.train.AdamW;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An update of one parameter, in a slice far larger than the caches. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AdamWBenchmark {
  private static final int LENGTH = 1 << 24;

  private final AdamW adam = new AdamW(0.9, 0.999, 1e-8, 0.01);
  private final float[] parameters = new float[LENGTH];
  private final float[] gradient = new float[LENGTH];
  private final float[] firstMoment = new float[LENGTH];
  private final float[] secondMoment = new float[LENGTH];
  private long updates;

  /** Gives the slice values; numbers too small for a normal float would be slow. */
  @Setup
  public void fill() {
    Arrays.fill(parameters, 1);
    Arrays.fill(gradient, 0.01f);
  }

  /** Updates the slice. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] update() {
    adam.update(parameters, gradient, firstMoment, secondMoment, 1, 1e-6, ++updates);
    return parameters;
  }
}
