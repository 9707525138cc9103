package dev.kindling.engine.sample;

import java.util.Locale;

/** Why an answer ended. */
public enum FinishReason {
  /** The end-of-sequence token was sampled. */
  STOP,
  /** The answer budget was spent. */
  BUDGET,
  /** The context of the model was full. */
  LENGTH;

  /** As the tables spell it: {@code stop}, {@code budget} or {@code length}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
