package dev.kindling.run;

import static dev.kindling.row.Table.BATCHES;
import static dev.kindling.row.Table.PROMPTS;
import static dev.kindling.row.Table.ROLLOUTS;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.conf.SamplerConf;
import dev.kindling.stage.Measure;
import dev.kindling.stage.weigh.Batch;
import java.io.IOException;
import java.util.List;

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
public final class Pipeline {
  private final Run run;
  private final Progress progress;
  private final Sampling sampling;
  private final Weighing weighing;

  /** The stages of a run. */
  public Pipeline(Run run, Progress progress) {
    this.run = run;
    this.progress = progress;
    this.weighing = new Weighing(run);
    this.sampling = new Sampling(run, weighing);
  }

  /** Runs every step that is not committed yet, up to the last or to where the run ends early. */
  public void train() throws IOException {
    while (run.lastStep() < run.conf().run().steps() && run.end().isEmpty()) {
      train(run.lastStep() + 1);
    }
    run.best().ifPresent(progress::say);
    run.end().map(reason -> "The run is " + reason).ifPresent(progress::say);
  }

  /** Runs all stages of a step. */
  public void train(long step) throws IOException {
    prepare(step);
    double rollout = rollout(step);
    double score = score(step);
    Double refill = run.objective().sampling().isPresent() ? refill(step) : null;
    double weigh = weigh(step);
    double batch = batch(step);
    step(step, new Measure.Seconds(rollout, score, refill, weigh, batch, null));
  }

  /** The run's prompts to 1-prompts. */
  public double prepare(long step) throws IOException {
    return stage("prepare", step, "", () -> sampling.prepare(step));
  }

  /** 1-prompts to 2-rollouts. */
  public double rollout(long step) throws IOException {
    return stage("rollout", step, sampled(), () -> sampling.rollout(step));
  }

  /** 2-rollouts to 3-scores. */
  public double score(long step) throws IOException {
    return stage("score", step, "", () -> sampling.score(step));
  }

  /** Further rounds of these three, while too few prompts have rewards that differ. */
  public double refill(long step) throws IOException {
    return stage("refill", step, "", () -> sampling.refill(step));
  }

  /** 3-scores to 4-weights. */
  public double weigh(long step) throws IOException {
    return stage("weigh", step, "", () -> weighing.weigh(step));
  }

  /** 4-weights to 5-batches. */
  public double batch(long step) throws IOException {
    return stage(
        "batch",
        step,
        "",
        () ->
            run.write(
                BATCHES,
                List.of(PROMPTS, ROLLOUTS, WEIGHTS),
                of ->
                    Batch.batch(
                        of.get(0), of.get(1), of.get(2), run.objective(), run.settings().batch())));
  }

  /** 5-batches to 6-step and the next checkpoint, the metrics, and the commit. */
  public void step(long step, Measure.Seconds before) throws IOException {
    stage("step", step, "", () -> new StepCommit(run, progress).run(step, before));
  }

  private double stage(String name, long step, String size, Progress.Work work) throws IOException {
    run.begin(step, name, size);
    return progress.stage(name, step, work);
  }

  private String sampled() {
    SamplerConf sampler = run.conf().sampler();
    return "%d prompts × %d".formatted(sampler.promptsPerStep(), sampler.samples());
  }
}
