package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.Optional;

/**
 * What is learned from.
 *
 * @param format how the files are to be read
 * @param path file of the training examples; empty where a command needs none
 * @param style how an example becomes a prompt
 * @param maxRejectedShare largest share of unusable records that is put up with, in [0, 1]
 * @param shuffle whether the prompt order is a permutation drawn from the seed
 * @param evalPath file of the evaluation examples
 * @param maxExamples how many examples are used, from the start of the order; 0 uses all
 */
public record DataConf(
    Format format,
    Optional<String> path,
    Style style,
    double maxRejectedShare,
    boolean shuffle,
    Optional<String> evalPath,
    int maxExamples) {
  /** A file format of examples. */
  public enum Format {
    /** FinQA's JSON array of records. */
    FINQA,
    /** Kindling's own: one JSON object a line. */
    JSONL
  }

  /** How much a prompt tells. */
  public enum Style {
    /** The linearised input alone. */
    COLD,
    /** An instruction and the form of the answer before it. */
    WARM
  }

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public DataConf {
    new Check()
        .that(
            path.isEmpty() || !path.get().isBlank(),
            "data.path",
            path.orElse(null),
            "must not be empty")
        .that(
            maxRejectedShare >= 0 && maxRejectedShare <= 1,
            "data.max_rejected_share",
            maxRejectedShare,
            "must be in [0, 1]")
        .that(
            evalPath.isEmpty() || !evalPath.get().isBlank(),
            "data.eval_path",
            evalPath.orElse(null),
            "must not be empty")
        .that(maxExamples >= 0, "data.max_examples", maxExamples, "must be >= 0")
        .done();
  }
}
