package dev.kindling.engine.model;

import dev.kindling.io.FloatSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One fp32 tensor per parameter of a model, addressable as one flat vector in the order of {@link
 * ParameterLayout}. Any number of threads may read at once, and run programs on {@link #tensors}; a
 * writer must be alone.
 */
public final class Weights implements FloatSource {
  private static final int RANDOM_BLOCK = 1 << 16;

  private final ModelConfig config;
  private final ParameterLayout layout;
  private final List<Tensor> tensors;

  private Weights(ModelConfig config, ParameterLayout layout, List<Tensor> tensors) {
    this.config = config;
    this.layout = layout;
    this.tensors = tensors;
  }

  /** Weights on the CPU that are all zero. */
  public static Weights allocate(ModelConfig config) {
    return allocate(config, Device.CPU);
  }

  /** Weights on a device that are all zero. */
  public static Weights allocate(ModelConfig config, Device device) {
    ParameterLayout layout = ParameterLayout.of(config);
    List<Tensor> tensors = new ArrayList<>();
    for (Parameter parameter : layout.parameters()) {
      tensors.add(Tensor.zeros(device, parameter.lengths()));
    }
    return new Weights(config, layout, List.copyOf(tensors));
  }

  /**
   * Weights that lie elsewhere, read one parameter after the other.
   *
   * @param source the flat vector, of {@code ParameterLayout.of(config).size()} elements
   * @param device where the weights shall be
   */
  public static Weights load(ModelConfig config, FloatSource source, Device device)
      throws IOException {
    ParameterLayout layout = ParameterLayout.of(config);
    List<Tensor> tensors = new ArrayList<>();
    try {
      for (Parameter parameter : layout.parameters()) {
        tensors.add(parameter.load(source, device));
      }
    } catch (IOException | RuntimeException e) {
      tensors.forEach(Tensor::close);
      throw e;
    }
    return new Weights(config, layout, List.copyOf(tensors));
  }

  /** Those of {@link RandomWeights}, in memory. */
  public static Weights random(ModelConfig config, long seed, double std) {
    Weights weights = allocate(config);
    RandomWeights source = new RandomWeights(config, seed, std);
    long size = weights.layout.size();
    for (long start = 0; start < size; start += RANDOM_BLOCK) {
      float[] block = new float[(int) Math.min(RANDOM_BLOCK, size - start)];
      source.read(start, block);
      weights.write(start, block);
    }
    return weights;
  }

  /** Shape of the model. */
  public ModelConfig config() {
    return config;
  }

  /** Names, shapes and places of the parameters. */
  public ParameterLayout layout() {
    return layout;
  }

  /** Where the tensors are. */
  public Device device() {
    return tensors.get(0).device();
  }

  /**
   * The tensors, in the layout's order; they live as long as this object and are not for closing.
   */
  public List<Tensor> tensors() {
    return tensors;
  }

  /**
   * Overwrites {@code values.length} elements of the flat vector, which must be on the CPU.
   *
   * @param offset index of the first, in [0, layout().size() - values.length]
   */
  public void write(long offset, float[] values) {
    visit(offset, values.length, (memory, index, count) -> memory.put(values, index, count));
  }

  /**
   * Reads {@code out.length} elements of the flat vector.
   *
   * @param offset index of the first, in [0, layout().size() - out.length]
   */
  @Override
  public void read(long offset, float[] out) {
    visit(offset, out.length, (memory, index, count) -> memory.get(out, index, count));
  }

  /** Sets every element to zero. */
  public void clear() {
    float[] zeros = new float[(int) Math.min(RANDOM_BLOCK, layout.size())];
    for (long start = 0; start < layout.size(); start += zeros.length) {
      int count = (int) Math.min(zeros.length, layout.size() - start);
      visit(start, count, (memory, index, length) -> memory.put(zeros, index, length));
    }
  }

  private void visit(long offset, int count, Tensor.Visitor visitor) {
    if (offset < 0 || offset > layout.size() - count) {
      throw new IndexOutOfBoundsException(
          "[" + offset + ", " + (offset + count) + ") is not in [0, " + layout.size() + ")");
    }
    for (int done = 0; done < count; ) {
      int before = done;
      int index = layout.indexAt(offset + done);
      Parameter parameter = layout.parameters().get(index);
      long within = offset + done - parameter.offset();
      int length = (int) Math.min(count - done, parameter.size() - within);
      tensors
          .get(index)
          .visit(
              within,
              length,
              (memory, run, runLength) -> visitor.accept(memory, before + run, runLength));
      done += length;
    }
  }

  /** Gives the memory back; no thread may be using it. A second call does nothing. */
  @Override
  public void close() {
    tensors.forEach(Tensor::close);
  }
}
