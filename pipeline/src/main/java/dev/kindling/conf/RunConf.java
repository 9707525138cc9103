package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a run lies and how long it is.
 *
 * @param folder path or URI of the folder that holds all runs, on any Hadoop file system
 * @param name the run's folder in it; empty until the command names it
 * @param seed the root of every random stream
 * @param steps how many steps the run has
 * @param keepCheckpoints how many of the newest checkpoints stay; 0 keeps all
 * @param keepBest by which figure the best checkpoint is found, which stays as well
 * @param stopWhen by which figure the run ends early
 */
public record RunConf(
    String folder,
    Optional<String> name,
    long seed,
    long steps,
    int keepCheckpoints,
    KeepBest keepBest,
    StopWhen stopWhen) {
  /**
   * The figure by which a checkpoint is the best.
   *
   * @param set name of the evaluation set; empty takes the first
   * @param metric for example {@code pass@1}; empty keeps no best checkpoint
   */
  public record KeepBest(Optional<String> set, Optional<String> metric) {}

  /**
   * When a run ends before its last step.
   *
   * @param set name of the evaluation set; empty takes the first
   * @param metric for example {@code maj@16}; empty never ends a run early
   * @param patience evaluations without a new best after which it ends
   */
  public record StopWhen(Optional<String> set, Optional<String> metric, int patience) {}

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public RunConf {
    new Check()
        .that(!folder.isBlank(), "run.folder", folder, "must not be empty")
        .that(
            name.isEmpty() || NAME.matcher(name.get()).matches(),
            "run.name",
            name.orElse(null),
            "must be 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit")
        .that(seed >= 0, "run.seed", seed, "must be >= 0")
        .that(steps >= 1 && steps <= 1_000_000, "run.steps", steps, "must be in [1, 1000000]")
        .that(keepCheckpoints >= 0, "run.keep_checkpoints", keepCheckpoints, "must be >= 0")
        .that(
            keepBest.metric().isEmpty() || keepCheckpoints > 0,
            "run.keep_best.metric",
            keepBest.metric().orElse(null),
            "must be null while run.keep_checkpoints = 0 keeps all")
        .that(
            keepBest.set().isEmpty() || keepBest.metric().isPresent(),
            "run.keep_best.set",
            keepBest.set().orElse(null),
            "must be null while run.keep_best.metric is null")
        .that(
            stopWhen.set().isEmpty() || stopWhen.metric().isPresent(),
            "run.stop_when.set",
            stopWhen.set().orElse(null),
            "must be null while run.stop_when.metric is null")
        .that(
            stopWhen.patience() >= 1, "run.stop_when.patience", stopWhen.patience(), "must be >= 1")
        .done();
  }
}
