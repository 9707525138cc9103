package dev.kindling.engine.model;

import java.io.Serializable;

/**
 * Where tensors live and programs run. Bits repeat on processors of one type, not across types.
 *
 * @param type kind of processor
 * @param index number of the GPU as CUDA counts, from 0; -1 for the CPU
 */
public record Device(Type type, int index) implements Serializable {
  /** Kind of processor. */
  public enum Type {
    /** The host's own processor. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /** The host's own processor. */
  public static final Device CPU = new Device(Type.CPU, -1);

  /**
   * A GPU.
   *
   * @param index its number as CUDA counts, from 0
   */
  public static Device cuda(int index) {
    return new Device(Type.CUDA, index);
  }

  /** As torch writes it: {@code cpu} or, for example, {@code cuda:0}. */
  @Override
  public String toString() {
    return type == Type.CPU ? "cpu" : "cuda:" + index;
  }

  /** Device type and index in the numbering of DJL's binding. */
  int[] code() {
    return new int[] {type == Type.CPU ? 0 : 1, index};
  }
}
