package dev.kindling.objective;

import dev.kindling.check.InvalidInputException;
import java.util.Locale;

/** Where the weight w of a rollout, and with it the success estimate P̂, comes from. */
public enum Success {
  /** w = p(y*|x,z), the likelihood of the gold answer after the sampled rationale. */
  LIKELIHOOD("gold"),
  /** w = 1 where the verifier said {@code CORRECT}, else 0. */
  VERIFIED("sampled");

  private final String answerSource;

  Success(String answerSource) {
    this.answerSource = answerSource;
  }

  /**
   * The answer that is trained on after the rationale: {@code gold} (y*), whose likelihood w is, or
   * {@code sampled} (ŷ), which the verdict is about.
   */
  public String answerSource() {
    return answerSource;
  }

  /** The name in configuration files and tables, for example {@code likelihood}. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The estimate of a name.
   *
   * @throws InvalidInputException if there is none
   */
  public static Success named(String name) {
    for (Success success : values()) {
      if (success.settingName().equals(name)) {
        return success;
      }
    }
    throw new InvalidInputException(
        "Invalid objective.success: " + name + " (must be likelihood or verified)");
  }
}
