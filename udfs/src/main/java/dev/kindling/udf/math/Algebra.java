package dev.kindling.udf.math;

/** Decides whether two expressions are equal where arithmetic cannot. */
@FunctionalInterface
public interface Algebra {
  /**
   * Whether two expressions are equal for all values of their variables.
   *
   * @param one an expression as {@link AlgebraText} writes it
   * @param other another, with the same names of variables
   * @throws AlgebraFaultException if there was no verdict in time, or a fault
   */
  boolean areEqual(String one, String other) throws AlgebraFaultException;
}
