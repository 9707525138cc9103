package dev.kindling.bench;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/** Measures a {@link Floor}, in as many Spark tasks at once as stages have. */
final class FloorProbe {
  // 256 MiB: far beyond any cache, and a read takes about 10 ms.
  private static final int READ_FLOATS = 1 << 26;
  // Products of 4096 x 1024 x 4096: large enough for oneDNN's full speed, about 0.1 s.
  private static final long ROWS = 4096;
  private static final long INNER = 1024;
  private static final int REPEATS = 5;

  private FloorProbe() {}

  /** The median over the tasks of what each reached at best. */
  static Floor measure(JavaSparkContext context, int tasks) {
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    List<Floor> floors = context.parallelize(numbers, tasks).map(number -> ofThisCore()).collect();
    return new Floor(
        Spread.of(floors.stream().map(Floor::bytesPerSecond).toList()).median(),
        Spread.of(floors.stream().map(Floor::float32Flops).toList()).median(),
        Spread.of(floors.stream().map(Floor::bfloat16Flops).toList()).median());
  }

  private static Floor ofThisCore() {
    try (Program program = Program.load("machine.torchscript")) {
      return new Floor(
          bandwidth(program),
          flops(program, Precision.FLOAT32),
          flops(program, Precision.BFLOAT16));
    }
  }

  private static double bandwidth(Program program) {
    try (Scope scope = new Scope()) {
      Value floats = scope.own(Value.of(scope.own(Tensor.zeros(READ_FLOATS))));
      return (double) READ_FLOATS * Float.BYTES / fastest(program, "read", floats);
    }
  }

  private static double flops(Program program, Precision precision) {
    try (Scope scope = new Scope()) {
      Value operands =
          scope.own(
              program.run(
                  "operands",
                  scope.own(Value.of(ROWS)),
                  scope.own(Value.of(INNER)),
                  scope.own(Value.of(ROWS)),
                  scope.own(Arithmetic.of(precision, Device.CPU).numbers())));
      return 2.0 * ROWS * INNER * ROWS / fastest(program, "multiply", operands);
    }
  }

  private static double fastest(Program program, String method, Value argument) {
    double fastest = Double.POSITIVE_INFINITY;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      long started = System.nanoTime();
      program.run(method, argument).close();
      fastest = Math.min(fastest, (System.nanoTime() - started) / 1e9);
    }
    return fastest;
  }
}
