package dev.kindling.plan;

/**
 * What one core, or one GPU, can do at best.
 *
 * @param numberBytes bytes of one number of weights, activations and cache
 * @param bytesPerSecond read from memory while all others read too
 * @param flops multiplications and additions a second of a product of matrices
 */
public record Speed(double numberBytes, double bytesPerSecond, double flops) {}
