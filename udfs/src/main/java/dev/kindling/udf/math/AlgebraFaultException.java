package dev.kindling.udf.math;

import dev.kindling.udf.Verdict;

/** Algebra gave no verdict. */
public final class AlgebraFaultException extends Exception {
  private static final long serialVersionUID = 1;

  private final Verdict verdict;

  /**
   * A fault.
   *
   * @param verdict {@link Verdict#TIMEOUT} or {@link Verdict#ERROR}
   * @param reason one sentence
   */
  public AlgebraFaultException(Verdict verdict, String reason) {
    super(reason, null, false, false);
    this.verdict = verdict;
  }

  public Verdict verdict() {
    return verdict;
  }
}
