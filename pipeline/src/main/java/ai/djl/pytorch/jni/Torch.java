package ai.djl.pytorch.jni;

import ai.djl.engine.Engine;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The raw calls of the PyTorch binding that the engine needs. It stands in DJL's package because
 * the binding itself is package-private there; wrapping every tensor of a decoding step in DJL's
 * managed arrays costs more than the step.
 *
 * <p><b>Ownership.</b> Tensors, values and modules are native handles, counted references inside
 * torch. Whoever receives a handle from a method here owns it and gives it back once, through
 * {@link #deleteTensor}, {@link #deleteValue} or {@link #deleteModule}. A value made from tensors
 * holds its own references, so both are given back. No method takes ownership of an argument.
 */
public final class Torch {
  /** Code of 32-bit floats in the calls of this class. */
  public static final int FLOAT32 = 0;

  /** Code of 64-bit floats in the calls of this class. */
  public static final int FLOAT64 = 1;

  /** Code of 64-bit integers in the calls of this class. */
  public static final int INT64 = 6;

  private static final int STRIDED = 0;
  private static final int COPY_BUFFER_BYTES = 1 << 16;
  private static final long UNTIL_END_OF_STREAM = -1;
  private static final PyTorchLibrary LIBRARY = load();

  private Torch() {}

  private static PyTorchLibrary load() {
    // Natives come with the jar or from PYTORCH_LIBRARY_PATH: a task must not fetch any.
    setDefault("ai.djl.offline");
    // DJL tells its makers of machines that it finds itself on.
    setDefault("OPT_OUT_TRACKING");
    // Unpacks and loads the native libraries, once per JVM.
    Engine.getEngine("PyTorch");
    return PyTorchLibrary.LIB;
  }

  private static void setDefault(String switchedOn) {
    if (System.getProperty(switchedOn) == null) {
      System.setProperty(switchedOn, "true");
    }
  }

  private static int[] cpu() {
    return new int[] {0, -1};
  }

  /**
   * Sets what torch keeps per thread: one thread of its own, no specialisation of programs by
   * profiling (whose later runs round differently from the first), and no graph for gradients.
   */
  public static void prepareThread() {
    if (LIBRARY.torchGetNumThreads() != 1) {
      LIBRARY.torchSetNumThreads(1);
    }
    LIBRARY.setGraphExecutorOptimize(false);
    LIBRARY.torchSetGradMode(false);
  }

  /** Loads a TorchScript archive; throws ai.djl.engine.EngineException with torch's own message. */
  public static long loadModule(byte[] archive) {
    return LIBRARY.moduleLoad(
        new ByteArrayInputStream(archive),
        cpu(),
        true,
        new byte[COPY_BUFFER_BYTES],
        UNTIL_END_OF_STREAM);
  }

  /**
   * Runs a method of a module in inference mode: results can never be differentiated.
   *
   * @param module handle of the module
   * @param method name of the method
   * @param values handles of the arguments
   * @return handle of the result, a value
   */
  public static long run(long module, String method, long[] values) {
    return LIBRARY.moduleRunMethod(module, method, values, false, false);
  }

  /** Gives a module back. */
  public static void deleteModule(long module) {
    LIBRARY.torchDeleteModule(module);
  }

  /** A new tensor of zeros on the CPU; {@code type} is one of the codes of this class. */
  public static long zeros(int type, long... shape) {
    return zeros(cpu(), type, shape);
  }

  /** A new tensor of zeros; {@code device} is its type (0 CPU, 1 CUDA) and index. */
  public static long zeros(int[] device, int type, long... shape) {
    return LIBRARY.torchZeros(shape, type, STRIDED, device, false);
  }

  /** A new handle of the tensor on a device, of a copy unless it is there already. */
  public static long to(long tensor, int[] device) {
    return LIBRARY.torchTo(tensor, type(tensor), device);
  }

  /** Type (0 CPU, 1 CUDA) and index of the device that a tensor is on. */
  public static int[] device(long tensor) {
    return LIBRARY.torchDevice(tensor);
  }

  /** Lengths of the dimensions. */
  public static long[] sizes(long tensor) {
    return LIBRARY.torchSizes(tensor);
  }

  /** Type code of the elements, DJL's numbering. */
  public static int type(long tensor) {
    return LIBRARY.torchDType(tensor);
  }

  /** A view of other lengths over the same memory where the tensor is contiguous. */
  public static long reshape(long tensor, long... shape) {
    return LIBRARY.torchReshape(tensor, shape);
  }

  /** A view of the elements {@code start} (inclusive) to {@code end} (exclusive) of dimension 0. */
  public static long slice(long tensor, long start, long end) {
    return LIBRARY.torchSlice(tensor, 0, start, end, 1);
  }

  /**
   * The memory of a contiguous CPU tensor of at most 2 GiB. The buffer owns nothing: it must not be
   * touched after the last reference to the tensor's memory is gone.
   */
  public static ByteBuffer memory(long tensor) {
    return LIBRARY.torchDirectByteBuffer(tensor).order(ByteOrder.nativeOrder());
  }

  /** Gives a tensor back. */
  public static void deleteTensor(long tensor) {
    LIBRARY.torchDeleteTensor(tensor);
  }

  /** A value holding a tensor. */
  public static long valueOfTensor(long tensor) {
    return LIBRARY.iValueFromTensor(tensor);
  }

  /** A value holding a list of tensors. */
  public static long valueOfTensors(long[] tensors) {
    return LIBRARY.iValueFromTensorList(tensors);
  }

  /** A value holding a list of integers. */
  public static long valueOfLongs(long[] numbers) {
    return LIBRARY.iValueFromLongList(numbers);
  }

  /** A value holding an integer. */
  public static long valueOfLong(long number) {
    return LIBRARY.iValueFromLong(number);
  }

  /** A value holding a float. */
  public static long valueOfDouble(double number) {
    return LIBRARY.iValueFromDouble(number);
  }

  /** A value holding a truth value. */
  public static long valueOfBoolean(boolean truth) {
    return LIBRARY.iValueFromBool(truth);
  }

  /** The tensor that a value holds, as a new handle. */
  public static long tensorOf(long value) {
    return LIBRARY.iValueToTensor(value);
  }

  /** The tensors of the list that a value holds, each as a new handle. */
  public static long[] tensorsOf(long value) {
    return LIBRARY.iValueToTensorList(value);
  }

  /** Gives a value back. */
  public static void deleteValue(long value) {
    LIBRARY.torchDeleteIValue(value);
  }
}
