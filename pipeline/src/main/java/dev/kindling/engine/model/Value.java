package dev.kindling.engine.model;

import ai.djl.pytorch.jni.Torch;
import java.util.Arrays;
import java.util.List;

/**
 * One argument or result of a {@link Program}. It holds its own references to tensors, so that
 * these may be closed before or after it.
 */
public final class Value implements AutoCloseable {
  private long handle;

  private Value(long handle) {
    this.handle = handle;
  }

  static Value owning(long handle) {
    return new Value(handle);
  }

  /** An argument of type {@code Tensor}. */
  public static Value of(Tensor tensor) {
    return new Value(Torch.valueOfTensor(tensor.handle()));
  }

  /** An argument of type {@code List[Tensor]}. */
  public static Value of(List<Tensor> tensors) {
    return new Value(Torch.valueOfTensors(tensors.stream().mapToLong(Tensor::handle).toArray()));
  }

  /** An argument of type {@code List[int]}. */
  public static Value of(long[] numbers) {
    return new Value(Torch.valueOfLongs(numbers));
  }

  /** An argument of type {@code int}. */
  public static Value of(long number) {
    return new Value(Torch.valueOfLong(number));
  }

  /** An argument of type {@code float}. */
  public static Value of(double number) {
    return new Value(Torch.valueOfDouble(number));
  }

  /** An argument of type {@code bool}. */
  public static Value of(boolean truth) {
    return new Value(Torch.valueOfBoolean(truth));
  }

  /** The tensor of a result of type {@code Tensor}; the caller closes it. */
  public Tensor tensor() {
    return Tensor.owning(Torch.tensorOf(handle()));
  }

  /** The tensors of a result of type {@code List[Tensor]}; the caller closes each. */
  public List<Tensor> tensors() {
    return Arrays.stream(Torch.tensorsOf(handle())).mapToObj(Tensor::owning).toList();
  }

  long handle() {
    if (handle == 0) {
      throw new IllegalStateException("value is closed");
    }
    return handle;
  }

  /** Gives the value back; a second call does nothing. */
  @Override
  public void close() {
    if (handle != 0) {
      Torch.deleteValue(handle);
      handle = 0;
    }
  }
}
