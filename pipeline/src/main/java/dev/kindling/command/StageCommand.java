package dev.kindling.command;

import dev.kindling.stage.Measure;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The stages as commands of their own, for schedulers: each reads the tables before it in the run
 * folder's next step and writes its own, replacing what an interrupted try left.
 */
abstract class StageCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "FOLDER",
      required = true,
      description = "Run folder, for example runs/finqa.")
  private String folder;

  /** Runs the stage on the next step. */
  abstract void run(Pipeline pipeline, long step) throws IOException;

  @Override
  public Integer call() throws Exception {
    SparkSession spark = Sessions.session();
    try (Progress progress = Progress.ofStages(spark);
        Run run = Run.open(spark, folder, progress)) {
      run(new Pipeline(run, progress), run.lastStep() + 1);
    }
    return 0;
  }

  /** {@code prepare}: data set files to the next step's prompts, starting the run where needed. */
  @Command(
      name = "prepare",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Draws the next step's prompts (1-prompts).",
        "Starts the run when its folder does not exist: reads the data set, makes the policy."
      },
      footer = {
        "",
        "Examples:",
        "  ./submit.sh prepare --config conf/finqa.yaml --data dev.json",
        "  ./submit.sh prepare --config conf/finqa.yaml --data dev.json --resume"
      })
  static final class Prepare implements Callable<Integer> {
    @Mixin private RunOptions options;

    @Override
    public Integer call() throws Exception {
      SparkSession spark = Sessions.session();
      try (Progress progress = Progress.ofStages(spark);
          Run run = Run.start(spark, options.configuration(), options.resume(), progress)) {
        new Pipeline(run, progress).prepare(run.lastStep() + 1);
        progress.say("Next: ./submit.sh rollout --run " + run.folder().root());
      }
      return 0;
    }
  }

  /** {@code rollout}. */
  @Command(
      name = "rollout",
      mixinStandardHelpOptions = true,
      description = "Samples every prompt's group of the next step (1-prompts to 2-rollouts).",
      footer = {"", "Example:", "  ./submit.sh rollout --run runs/finqa"})
  static final class Rollout extends StageCommand {
    @Override
    void run(Pipeline pipeline, long step) throws IOException {
      pipeline.rollout(step);
    }
  }

  /** {@code score}. */
  @Command(
      name = "score",
      mixinStandardHelpOptions = true,
      description = "Verifies every sampled answer of the next step (2-rollouts to 3-scores).",
      footer = {"", "Example:", "  ./submit.sh score --run runs/finqa"})
  static final class Score extends StageCommand {
    @Override
    void run(Pipeline pipeline, long step) throws IOException {
      pipeline.score(step);
    }
  }

  /** {@code refill}. */
  @Command(
      name = "refill",
      mixinStandardHelpOptions = true,
      description = {
        "Samples further prompts in place of those whose rewards are all equal (refill-01, ...).",
        "Does nothing unless objective.dynamic_sampling.max_rounds is above 1."
      },
      footer = {"", "Example:", "  ./submit.sh refill --run runs/finqa"})
  static final class Refill extends StageCommand {
    @Override
    void run(Pipeline pipeline, long step) throws IOException {
      pipeline.refill(step);
    }
  }

  /** {@code weigh}. */
  @Command(
      name = "weigh",
      mixinStandardHelpOptions = true,
      description = "Turns success estimates into coefficients, in SQL (3-scores to 4-weights).",
      footer = {"", "Example:", "  ./submit.sh weigh --run runs/finqa"})
  static final class Weigh extends StageCommand {
    @Override
    void run(Pipeline pipeline, long step) throws IOException {
      pipeline.weigh(step);
    }
  }

  /** {@code batch}. */
  @Command(
      name = "batch",
      mixinStandardHelpOptions = true,
      description = "Lays out the training sequences of the next step (4-weights to 5-batches).",
      footer = {"", "Example:", "  ./submit.sh batch --run runs/finqa"})
  static final class Batch extends StageCommand {
    @Override
    void run(Pipeline pipeline, long step) throws IOException {
      pipeline.batch(step);
    }
  }

  /** {@code step}. */
  @Command(
      name = "step",
      mixinStandardHelpOptions = true,
      description = "Runs the gradient step and commits (5-batches to 6-step and the checkpoint).",
      footer = {"", "Example:", "  ./submit.sh step --run runs/finqa"})
  static final class Step extends StageCommand {
    @Override
    void run(Pipeline pipeline, long step) throws IOException {
      pipeline.step(step, Measure.Seconds.UNKNOWN);
    }
  }
}
