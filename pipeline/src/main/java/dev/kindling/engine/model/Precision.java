package dev.kindling.engine.model;

/**
 * Which numbers the large matrix products of a policy multiply. Master weights, norms, softmax,
 * logits, losses and gradients are 32-bit floats in either case.
 */
public enum Precision {
  /** 32-bit floats. */
  FLOAT32,
  /**
   * bfloat16: the exponent of a 32-bit float with 8 bits of significand, summed in 32 bits. Where a
   * processor does not multiply them they are multiplied as 32-bit floats, see {@link Arithmetic}.
   */
  BFLOAT16
}
