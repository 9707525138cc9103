package dev.kindling.bench;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.Precision;
import java.util.Locale;

/**
 * What one Spark task of a stage is given: groups of samples, all of one shape.
 *
 * @param model the policy
 * @param precision of its products
 * @param prompts prompts of one task
 * @param samples answers of one prompt
 * @param promptTokens tokens of a prompt
 * @param answerTokens tokens of an answer, which always has its full length
 */
public record Workload(
    BenchModel model,
    Precision precision,
    int prompts,
    int samples,
    int promptTokens,
    int answerTokens) {
  /** Sequences of one task. */
  public int rows() {
    return prompts * samples;
  }

  /** Tokens of one sequence. */
  public int length() {
    return promptTokens + answerTokens;
  }

  /** Bytes of one number of weights, activations and cache, on a processor like this one. */
  int bytesPerNumber() {
    return Arithmetic.of(precision, Device.CPU).bytes();
  }

  /** For tables: prompts × samples × (prompt + answer). */
  String shape() {
    return "%d × %d × (%d + %d)".formatted(prompts, samples, promptTokens, answerTokens);
  }

  /** For tables: {@code float32} or {@code bfloat16}. */
  public String precisionName() {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
