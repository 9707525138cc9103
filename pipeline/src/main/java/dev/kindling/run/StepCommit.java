package dev.kindling.run;

import static dev.kindling.row.Table.BATCHES;
import static dev.kindling.row.Table.METRICS;
import static dev.kindling.row.Table.PROMPTS;
import static dev.kindling.row.Table.ROLLOUTS;
import static dev.kindling.row.Table.SCORES;
import static dev.kindling.row.Table.STEP;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.engine.train.LearningRate;
import dev.kindling.io.StoredFile;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.StepRow;
import dev.kindling.stage.Measure;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.step.GradientStep;
import dev.kindling.stage.step.ShardedBatches;
import dev.kindling.stage.step.TrainingPolicies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * The last stage of a step: the gradient updates, the metrics, and the commit that makes it count.
 */
final class StepCommit {
  private final Run run;
  private final Progress progress;

  StepCommit(Run run, Progress progress) {
    this.run = run;
    this.progress = progress;
  }

  /**
   * Runs the stage.
   *
   * @param before wall time of the step's earlier stages
   * @return number of updates
   */
  long run(long step, Measure.Seconds before) throws IOException {
    long started = System.nanoTime();
    List<StepRow> rows = new ArrayList<>();
    List<StoredFile> files = update(step, rows);
    run.write(0, STEP, rows);
    double seconds = (System.nanoTime() - started) / 1e9;
    if (step == 1) {
      // Curves begin at the policy that the run began with, whose checkpoint may go with the
      // commit.
      evaluate(run.policy(0));
    }
    List<EvaluationRow> evaluations = evaluate(run.policy(step, files));
    long position = run.positionAfter(step);
    MetricsRow metrics =
        Measure.measure(
            new Measure.Drawn(
                (double) position / run.examples(),
                run.folder().tables(step, PROMPTS.name()).size(),
                run.objective().sampling()),
            run.collect(
                METRICS.name(),
                List.of(ROLLOUTS, SCORES, WEIGHTS),
                of -> Measure.figures(new Measure.Tables(of.get(0), of.get(1), of.get(2)))),
            rows,
            ofFirstSet(evaluations),
            before.withStep(seconds));
    METRICS.write(run.spark(), step, List.of(metrics), run.folder().metrics(step).toString());
    run.commit(step, position, files);
    run.trackers().committed(metrics, evaluations);
    progress.step(metrics, run.conf().run().steps());
    tellOfAnUnfilledBatch(metrics);
    return rows.size();
  }

  /** Evaluates the policy of a step where that is due. */
  private List<EvaluationRow> evaluate(PolicyRef policy) throws IOException {
    return run.evaluatesAfter(policy.version())
        ? new Evaluation(run)
            .evaluate(policy, Optional.empty(), run.folder().evaluation(policy.version()))
            .rows()
        : List.of();
  }

  private static Measure.Evaluated ofFirstSet(List<EvaluationRow> rows) {
    if (rows.isEmpty()) {
      return new Measure.Evaluated(null, null);
    }
    String first = rows.get(0).set();
    return new Measure.Evaluated(
        EvaluationRow.value(rows, first, "pass@1").orElse(null),
        EvaluationRow.value(rows, first, "log_p_hat").orElse(null));
  }

  private void tellOfAnUnfilledBatch(MetricsRow metrics) {
    long trained = metrics.prompts() - metrics.promptsDropped();
    if (run.objective().sampling().filter(sampling -> trained < sampling.prompts()).isPresent()) {
      progress.tell(
          "Step %d trains on %s: of %d prompts in %d rounds no more have rewards that differ"
              .formatted(
                  metrics.step(),
                  trained == 0 ? "nothing" : trained + " prompts",
                  metrics.prompts(),
                  metrics.rounds()));
    }
  }

  /** Runs the updates one after the other and gives the slices of the last. */
  private List<StoredFile> update(long step, List<StepRow> rows) throws IOException {
    int updates = run.conf().trainer().updatesPerStep();
    GradientStep gradientStep = run.settings().gradientStep();
    LearningRate learningRate = run.learningRate();
    PolicyRef reference = run.objective().loss().needsReference() ? run.policy(0) : null;
    PolicyRef sampler = run.policy(step - 1);
    PolicyRef policy = sampler;
    List<StoredFile> files = List.of();
    try (ShardedBatches batches =
        new ShardedBatches(run.read(step, BATCHES), updates, run.conf().trainer().shards())) {
      for (int update = 0; update < updates; update++) {
        long started = System.nanoTime();
        Path folder = folder(step, update, updates);
        long number = (step - 1) * updates + update + 1;
        double rate = learningRate.at(number);
        GradientStep.Update result =
            gradientStep.run(
                batches,
                update,
                step,
                new TrainingPolicies(policy, reference, sampler),
                folder,
                number,
                rate);
        files = result.files();
        policy = policy.next(folder, files, step);
        double seconds = (System.nanoTime() - started) / 1e9;
        rows.add(result.row(step, update, rate, seconds));
      }
    }
    for (int update = 0; update < updates - 1; update++) {
      run.folder().fileSystem().delete(folder(step, update, updates), true);
    }
    return files;
  }

  // Policies between the updates of a step are of no use once the last one is there.
  private Path folder(long step, int update, int updates) {
    Path checkpoint = run.folder().checkpoint(step);
    return update == updates - 1 ? checkpoint : new Path(checkpoint, "update-" + update);
  }
}
