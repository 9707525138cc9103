package dev.kindling.command;

import static dev.kindling.row.Table.BATCHES;
import static dev.kindling.row.Table.CARRIED;
import static dev.kindling.row.Table.PROMPTS;
import static dev.kindling.row.Table.ROLLOUTS;
import static dev.kindling.row.Table.SCORES;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.stage.Batch;
import dev.kindling.stage.Carry;
import dev.kindling.stage.Given;
import dev.kindling.stage.Measure;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import dev.kindling.stage.Weigh;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The whole program: each stage reads the tables before it and writes its own; a step exists when
 * the last stage has committed it.
 *
 * <pre>
 * files ─prepare─▶ 1-prompts ─rollout─▶ 2-rollouts ─score─▶ 3-scores ─weigh─▶ 4-weights
 *                                ▲                                                │
 *                                │ policy of step t                             batch
 *                           checkpoint ◀─commit─ 6-step ◀─gradient step─ 5-batches
 * </pre>
 */
final class Pipeline {
  private final Run run;
  private final Progress progress;

  Pipeline(Run run, Progress progress) {
    this.run = run;
    this.progress = progress;
  }

  /** Runs every step that is not committed yet. */
  void train() throws IOException {
    for (long step = run.lastStep() + 1; step <= run.conf().run().steps(); step++) {
      prepare(step);
      double rollout = rollout(step);
      double score = score(step);
      double weigh = weigh(step);
      double batch = batch(step);
      step(step, new Measure.Seconds(rollout, score, weigh, batch));
    }
  }

  double prepare(long step) throws IOException {
    return progress.stage("prepare", step, () -> run.write(step, PROMPTS, run.draw(step)));
  }

  double rollout(long step) throws IOException {
    return progress.stage(
        "rollout",
        step,
        () ->
            run.write(step, ROLLOUTS, run.settings().isSupervised() ? given(step) : sampled(step)));
  }

  double score(long step) throws IOException {
    return progress.stage(
        "score",
        step,
        () ->
            run.write(
                step,
                SCORES,
                Score.score(
                    run.spark(),
                    run.read(step, PROMPTS),
                    run.read(step, ROLLOUTS),
                    run.conf().verifier().name().orElse(null),
                    run.model().tokenizer())));
  }

  double weigh(long step) throws IOException {
    return progress.stage(
        "weigh",
        step,
        () -> {
          long rows = weights(step);
          if (run.carriesEstimates()) {
            run.write(
                step, CARRIED, Carry.next(run.carried(step - 1), run.read(step, WEIGHTS), step));
          }
          return rows;
        });
  }

  private long weights(long step) throws IOException {
    return run.write(
        step,
        WEIGHTS,
        Weigh.weigh(
            run.read(step, SCORES),
            run.carried(step - 1),
            run.objective(),
            run.conf().run().seed(),
            step));
  }

  double batch(long step) throws IOException {
    return progress.stage(
        "batch",
        step,
        () ->
            run.write(
                step,
                BATCHES,
                Batch.batch(
                    run.read(step, PROMPTS),
                    run.read(step, ROLLOUTS),
                    run.read(step, WEIGHTS),
                    run.objective(),
                    run.settings().batch())));
  }

  void step(long step, Measure.Seconds before) throws IOException {
    progress.stage("step", step, () -> new StepCommit(run, progress).run(step, before));
  }

  private Dataset<Row> given(long step) {
    return Given.rollouts(
        run.spark(), run.read(step, PROMPTS), run.model().tokenizer(), run.model().endOfThinking());
  }

  private Dataset<Row> sampled(long step) throws IOException {
    return Rollout.rollout(
        run.spark(),
        run.read(step, PROMPTS),
        run.policy(step - 1),
        run.settings().training(),
        run.conf().sampler().promptsPerTask(),
        run.conf().run().seed(),
        step);
  }
}
