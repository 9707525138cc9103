package dev.kindling.stage;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.sample.Decoder;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Tries torch where policies will be: one small forward pass on a task's device. */
public final class TorchProbe {
  /** What to do where torch does not work. */
  public static final String REMEDY =
      "the jar has CPU natives for linux-x86_64 with glibc 2.28 or newer; for GPUs let"
          + " PYTORCH_LIBRARY_PATH name the folder of libtorch 2.7.1 for CUDA 12.8";

  private static final String GPUS = "spark.executor.resource.gpu.amount";

  private TorchProbe() {}

  /** Tries torch on the device of one task and says what was seen. */
  public static String look(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(List.of(0), 1)
        .map(zero -> look(TaskDevice.current()))
        .first();
  }

  /**
   * Where Spark gives GPUs to tasks, holds that torch can use them.
   *
   * @throws InvalidInputException with what torch says, and the remedy; or when several policies
   *     would share a GPU
   */
  public static void requireGpus(SparkSession spark) {
    SparkConf conf = spark.sparkContext().getConf();
    if (!conf.get(GPUS, "0").equals("0")) {
      WholeGpu.requireWhole(conf);
      JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(List.of(0), 1)
          .foreach(zero -> requireUsable(TaskDevice.current()));
    }
  }

  static void requireUsable(Device device) throws IOException {
    try {
      look(device);
    } catch (RuntimeException | LinkageError refused) {
      String said = String.valueOf(refused.getMessage()).lines().findFirst().orElse("");
      throw new InvalidInputException(
          "Cannot use %s, which Spark gave to a task: %s (%s)".formatted(device, said, REMEDY),
          refused);
    }
  }

  private static String look(Device device) throws IOException {
    Natives.place();
    ModelConfig tiny =
        new ModelConfig(8, 8, 1, 2, 1, 4, 8, 8, 1e4, RopeScaling.NONE, 1e-6, true, false, true);
    try (Weights weights = Weights.random(tiny, 1, 0.02);
        Decoder decoder = Decoder.load(tiny, Precision.FLOAT32, device, weights)) {
      float[] logprobs = decoder.logprobs(new int[] {1, 2, 3});
      return "natives work on %s, log-probs of a new policy %s; %s"
          .formatted(device, Arrays.toString(logprobs), bfloat16(device));
    }
  }

  private static String bfloat16(Device device) {
    return Arithmetic.of(Precision.BFLOAT16, device) == Arithmetic.BFLOAT16
        ? "bfloat16 products"
        : "no bfloat16 products (no AVX-512): model.precision bfloat16 costs what float32 does";
  }
}
