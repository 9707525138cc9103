package dev.kindling.engine.model;

import ai.djl.pytorch.jni.Torch;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * One reference to a torch tensor; {@link #close} gives it back. Elements are copied in and out in
 * row-major order. Not for concurrent writers.
 */
public final class Tensor implements AutoCloseable {
  // A buffer's limit is 2 GiB, so a larger run is reached through several.
  private static final int SEGMENT_FLOATS = 1 << 28;

  private long handle;

  private Tensor(long handle) {
    this.handle = handle;
  }

  static Tensor owning(long handle) {
    return new Tensor(handle);
  }

  /** Zeros of 32-bit floats on the CPU. */
  public static Tensor zeros(long... shape) {
    return new Tensor(Torch.zeros(Torch.FLOAT32, shape));
  }

  /** Zeros of 32-bit floats on a device. */
  public static Tensor zeros(Device device, long... shape) {
    return new Tensor(Torch.zeros(device.code(), Torch.FLOAT32, shape));
  }

  /** A copy of {@code elements} as 32-bit floats; their number is the product of {@code shape}. */
  public static Tensor of(float[] elements, long... shape) {
    requireCount(elements.length, shape);
    Tensor tensor = zeros(shape);
    Torch.memory(tensor.handle).asFloatBuffer().put(elements);
    return tensor;
  }

  /** A copy of {@code elements} as 64-bit floats; their number is the product of {@code shape}. */
  public static Tensor of(double[] elements, long... shape) {
    requireCount(elements.length, shape);
    Tensor tensor = new Tensor(Torch.zeros(Torch.FLOAT64, shape));
    Torch.memory(tensor.handle).asDoubleBuffer().put(elements);
    return tensor;
  }

  /** A copy of {@code elements} as 64-bit integers; their number is the product of the shape. */
  public static Tensor of(long[] elements, long... shape) {
    requireCount(elements.length, shape);
    Tensor tensor = new Tensor(Torch.zeros(Torch.INT64, shape));
    Torch.memory(tensor.handle).asLongBuffer().put(elements);
    return tensor;
  }

  private static void requireCount(long count, long[] shape) {
    long product = 1;
    for (long length : shape) {
      product *= length;
    }
    if (product != count) {
      throw new IllegalArgumentException(count + " elements do not fill " + Arrays.toString(shape));
    }
  }

  /** Where the tensor is. */
  public Device device() {
    int[] code = Torch.device(handle());
    return code[0] == 0 ? Device.CPU : Device.cuda(code[1]);
  }

  /** The same elements on a device, as a reference of its own; a copy unless they are there. */
  public Tensor on(Device device) {
    return new Tensor(Torch.to(handle(), device.code()));
  }

  /** Does something with a run of contiguous memory. */
  interface Visitor {
    void accept(FloatBuffer memory, int index, int count);
  }

  /**
   * Shows elements {@code from} to {@code from + count - 1} of a contiguous tensor of 32-bit floats
   * in row-major order, in as few runs as buffers allow. What is not on the CPU is shown as a copy.
   *
   * @param visitor told the memory of a run, how many elements came before it, and its length
   */
  void visit(long from, int count, Visitor visitor) {
    requireType(Torch.FLOAT32);
    long flat = Torch.reshape(handle(), -1);
    try {
      for (int done = 0; done < count; ) {
        int length = Math.min(count - done, SEGMENT_FLOATS);
        long run = Torch.slice(flat, from + done, from + done + length);
        long here = Torch.to(run, Device.CPU.code());
        try {
          visitor.accept(Torch.memory(here).asFloatBuffer(), done, length);
        } finally {
          Torch.deleteTensor(here);
          Torch.deleteTensor(run);
        }
        done += length;
      }
    } finally {
      Torch.deleteTensor(flat);
    }
  }

  /** Lengths of the dimensions. */
  public long[] shape() {
    return Torch.sizes(handle());
  }

  /**
   * The memory of a contiguous tensor on the CPU, of at most 2 GiB. It owns nothing: this tensor
   * must stay open as long as the buffer is used.
   */
  public ByteBuffer memory() {
    return Torch.memory(handle());
  }

  /** A copy of the elements of a contiguous tensor of 32-bit floats, wherever it is. */
  public float[] floats() {
    requireType(Torch.FLOAT32);
    try (Tensor here = on(Device.CPU)) {
      FloatBuffer memory = here.memory().asFloatBuffer();
      float[] elements = new float[memory.remaining()];
      memory.get(elements);
      return elements;
    }
  }

  /** A copy of the elements of a contiguous tensor of 64-bit floats. */
  public double[] doubles() {
    requireType(Torch.FLOAT64);
    DoubleBuffer memory = memory().asDoubleBuffer();
    double[] elements = new double[memory.remaining()];
    memory.get(elements);
    return elements;
  }

  private void requireType(int type) {
    if (Torch.type(handle()) != type) {
      throw new IllegalStateException("tensor has type code " + Torch.type(handle()));
    }
  }

  long handle() {
    if (handle == 0) {
      throw new IllegalStateException("tensor is closed");
    }
    return handle;
  }

  /** Gives the reference back; a second call does nothing. */
  @Override
  public void close() {
    if (handle != 0) {
      Torch.deleteTensor(handle);
      handle = 0;
    }
  }
}
