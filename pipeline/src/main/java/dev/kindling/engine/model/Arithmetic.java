package dev.kindling.engine.model;

/**
 * How a processor multiplies at a {@link Precision}. The bits of a result depend on it as they do
 * on the type of the processor.
 */
public enum Arithmetic {
  /** 32-bit floats as they are. */
  FLOAT32,
  /** Factors rounded to bfloat16 and multiplied as such. */
  BFLOAT16,
  /**
   * Factors rounded to bfloat16 and multiplied as 32-bit floats: what a processor without products
   * of bfloat16 numbers (x86-64 without AVX-512) can do. It takes the time and memory of float32.
   */
  WIDENED_BFLOAT16;

  // Type codes of torch's own, which programs use.
  private static final long TORCH_FLOAT32 = 6;
  private static final long TORCH_BFLOAT16 = 15;

  /** Looks once at the processor of this JVM. */
  private static final class Cpu {
    static final boolean MULTIPLIES_BFLOAT16 = look();

    private static boolean look() {
      try (Program program = Program.load("machine.torchscript");
          Value answer = program.run("multiplies_bfloat16");
          Tensor tensor = answer.tensor()) {
        return tensor.floats()[0] != 0;
      }
    }
  }

  /** How a device of this JVM multiplies at a precision. */
  public static Arithmetic of(Precision precision, Device device) {
    return switch (precision) {
      case FLOAT32 -> FLOAT32;
      case BFLOAT16 ->
          device.type() == Device.Type.CUDA || Cpu.MULTIPLIES_BFLOAT16
              ? BFLOAT16
              : WIDENED_BFLOAT16;
    };
  }

  /** Bytes of a factor in memory. */
  public int bytes() {
    return this == BFLOAT16 ? Short.BYTES : Float.BYTES;
  }

  /** An argument of programs, {@code numbers}: the types that a factor is converted to in turn. */
  public Value numbers() {
    return Value.of(
        switch (this) {
          case FLOAT32 -> new long[] {};
          case BFLOAT16 -> new long[] {TORCH_BFLOAT16};
          case WIDENED_BFLOAT16 -> new long[] {TORCH_BFLOAT16, TORCH_FLOAT32};
        });
  }
}
