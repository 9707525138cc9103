package dev.kindling.udf;

/** What a verifier says of an answer. */
public enum Verdict {
  /** The answer is right. */
  CORRECT,
  /** The answer was read and is not right. */
  WRONG,
  /** No answer could be read; counts as not correct. */
  UNPARSEABLE,
  /** The verifier ran out of time: no evidence about the policy. */
  TIMEOUT,
  /** The verifier failed: no evidence about the policy. */
  ERROR;

  /** Whether this verdict says anything about the policy. */
  public boolean isEvidence() {
    return this != TIMEOUT && this != ERROR;
  }
}
