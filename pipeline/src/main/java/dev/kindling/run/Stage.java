package dev.kindling.run;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The stages of a step, in their order. */
public enum Stage {
  PREPARE,
  ROLLOUT,
  SCORE,
  REFILL,
  WEIGH,
  BATCH,
  STEP;

  /** The name of its command, for example {@code rollout}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The stage of a label; empty where there is none. */
  public static Optional<Stage> of(String label) {
    return Arrays.stream(values()).filter(stage -> stage.label().equals(label)).findFirst();
  }

  /** This stage and those behind it up to another; none where that one stands before it. */
  public List<Stage> to(Stage last) {
    return Arrays.stream(values())
        .filter(stage -> stage.compareTo(this) >= 0 && stage.compareTo(last) <= 0)
        .toList();
  }
}
