package dev.kindling.run;

import static dev.kindling.row.Table.BATCHES;
import static dev.kindling.row.Table.CARRIED;
import static dev.kindling.row.Table.PROMPTS;
import static dev.kindling.row.Table.ROLLOUTS;
import static dev.kindling.row.Table.SCORES;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.check.Check;
import dev.kindling.stage.Measure;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Stages of one step as a scheduler asks for them, which may ask again: a step that is committed is
 * left as it is, and so is the table of a stage that has finished with what it is made from now.
 */
public final class RepeatableStages {
  private final Run run;
  private final Progress progress;
  private final Pipeline pipeline;
  private final Weighing weighing;
  private final Map<Stage, Double> seconds = new EnumMap<>(Stage.class);

  /** The stages of a run. */
  public RepeatableStages(Run run, Progress progress) {
    this.run = run;
    this.progress = progress;
    this.pipeline = new Pipeline(run, progress);
    this.weighing = new Weighing(run);
  }

  /**
   * Runs stages of a step.
   *
   * @param stages in their order
   * @param asked the step; empty for the next one, of which every stage is made again
   * @param fresh whether every stage is made again in any case
   * @return whether the step was not committed before
   * @throws dev.kindling.check.InvalidInputException if the step is behind the next one
   */
  public boolean run(List<Stage> stages, OptionalLong asked, boolean fresh) throws IOException {
    long next = run.lastStep() + 1;
    long step = asked.orElse(next);
    new Check()
        .that(
            step >= 1 && step <= next,
            "--step",
            step,
            "must be in [1, %d]: the next step of %s is %d"
                .formatted(next, run.folder().root(), next))
        .done();
    if (step < next) {
      progress.say("Step %d is already done".formatted(step));
      return false;
    }
    for (Stage stage : stages) {
      if (asked.isPresent() && !fresh && isFinished(stage, step)) {
        progress.say(
            "Kept what %s of step %d has finished (--fresh makes it again)"
                .formatted(stage.label(), step));
      } else {
        make(stage, step);
      }
    }
    return true;
  }

  private boolean isFinished(Stage stage, long step) throws IOException {
    return switch (stage) {
      case PREPARE -> run.isWhole(0, PROMPTS);
      case ROLLOUT -> run.isWhole(0, ROLLOUTS);
      case SCORE -> run.isWhole(0, SCORES);
      case REFILL -> isRefilled(step);
      case WEIGH -> run.isWhole(0, WEIGHTS) && (!run.carriesEstimates() || run.isWhole(0, CARRIED));
      case BATCH -> run.isWhole(0, BATCHES);
      // What it ends with is the commit.
      case STEP -> false;
    };
  }

  private boolean isRefilled(long step) throws IOException {
    if (run.objective().sampling().isEmpty()) {
      return false;
    }
    for (int round = 0; round < run.rounds(step); round++) {
      if (!run.isWhole(round, SCORES)) {
        return false;
      }
    }
    return weighing.next(step).isEmpty();
  }

  private void make(Stage stage, long step) throws IOException {
    switch (stage) {
      case PREPARE -> pipeline.prepare(step);
      case ROLLOUT -> seconds.put(stage, pipeline.rollout(step));
      case SCORE -> seconds.put(stage, pipeline.score(step));
      case REFILL -> seconds.put(stage, pipeline.refill(step));
      case WEIGH -> {
        if (!seconds.containsKey(Stage.REFILL)) {
          // Nobody here has seen it end.
          weighing.requireRefilled(step);
        }
        seconds.put(stage, pipeline.weigh(step));
      }
      case BATCH -> seconds.put(stage, pipeline.batch(step));
      case STEP -> pipeline.step(step, before());
    }
  }

  /** Wall times of the stages that ran here; others ran in processes of their own. */
  private Measure.Seconds before() {
    return new Measure.Seconds(
        seconds.get(Stage.ROLLOUT),
        seconds.get(Stage.SCORE),
        run.objective().sampling().isPresent() ? seconds.get(Stage.REFILL) : null,
        seconds.get(Stage.WEIGH),
        seconds.get(Stage.BATCH),
        null);
  }
}
