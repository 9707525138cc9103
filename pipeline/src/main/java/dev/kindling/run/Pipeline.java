package dev.kindling.run;

import static dev.kindling.row.Table.BATCHES;
import static dev.kindling.row.Table.CARRIED;
import static dev.kindling.row.Table.PROMPTS;
import static dev.kindling.row.Table.ROLLOUTS;
import static dev.kindling.row.Table.SCORES;
import static dev.kindling.row.Table.WEIGHTS;

import dev.kindling.objective.DynamicSampling;
import dev.kindling.stage.Given;
import dev.kindling.stage.Measure;
import dev.kindling.stage.Refill;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import dev.kindling.stage.weigh.Batch;
import dev.kindling.stage.weigh.Carry;
import dev.kindling.stage.weigh.CompiledSql;
import dev.kindling.stage.weigh.Weigh;
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
public final class Pipeline {
  private final Run run;
  private final Progress progress;

  public Pipeline(Run run, Progress progress) {
    this.run = run;
    this.progress = progress;
  }

  /** Runs every step that is not committed yet. */
  public void train() throws IOException {
    for (long step = run.lastStep() + 1; step <= run.conf().run().steps(); step++) {
      train(step);
    }
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

  public double prepare(long step) throws IOException {
    int prompts = run.conf().sampler().promptsPerStep();
    return dropsRounds("prepare", step, () -> run.write(step, PROMPTS, run.draw(0, prompts)));
  }

  public double rollout(long step) throws IOException {
    return dropsRounds("rollout", step, () -> rollout(step, 0));
  }

  public double score(long step) throws IOException {
    return dropsRounds("score", step, () -> score(step, 0));
  }

  /** Samples further prompts while too few have rewards that differ, where that is asked for. */
  public double refill(long step) throws IOException {
    int rounds = run.objective().sampling().map(DynamicSampling::maxRounds).orElse(1);
    return dropsRounds(
        "refill",
        step,
        () -> {
          long rows = 0;
          for (int round = 1; round < rounds && draw(step, round); round++) {
            rollout(step, round);
            rows += score(step, round);
          }
          return rows;
        });
  }

  public double weigh(long step) throws IOException {
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
    Dataset<Row> scores = run.read(step, SCORES);
    return CompiledSql.writing(scores, () -> run.write(step, WEIGHTS, weighed(step, scores)));
  }

  private Dataset<Row> weighed(long step, Dataset<Row> scores) throws IOException {
    return Weigh.weigh(
        scores, run.carried(step - 1), run.objective(), run.conf().run().seed(), step);
  }

  public double batch(long step) throws IOException {
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

  public void step(long step, Measure.Seconds before) throws IOException {
    progress.stage("step", step, () -> new StepCommit(run, progress).run(step, before));
  }

  /** A stage after which rounds of sampling are drawn: those of before are void. */
  private double dropsRounds(String stage, long step, Progress.Work work) throws IOException {
    return progress.stage(
        stage,
        step,
        () -> {
          run.dropRounds(step);
          return work.run();
        });
  }

  private long rollout(long step, int round) throws IOException {
    Dataset<Row> prompts = run.read(step, round, PROMPTS);
    boolean isGiven = run.settings().isSupervised();
    return run.write(step, round, ROLLOUTS, isGiven ? given(prompts) : sampled(step, prompts));
  }

  private long score(long step, int round) throws IOException {
    return run.write(
        step,
        round,
        SCORES,
        Score.score(
            run.spark(),
            run.read(step, round, PROMPTS),
            run.read(step, round, ROLLOUTS),
            run.conf().verifier().name().orElse(null),
            run.model().tokenizer()));
  }

  private boolean draw(long step, int round) throws IOException {
    DynamicSampling sampling = run.objective().sampling().orElseThrow();
    Refill.Round next =
        Refill.next(weighed(step, run.read(step, SCORES)), sampling, run.examples());
    return next.count() > 0
        && run.write(step, round, PROMPTS, run.draw(next.drawn(), next.count())) > 0;
  }

  private Dataset<Row> given(Dataset<Row> prompts) {
    return Given.rollouts(
        run.spark(), prompts, run.model().tokenizer(), run.model().endOfThinking());
  }

  private Dataset<Row> sampled(long step, Dataset<Row> prompts) throws IOException {
    return Rollout.rollout(
        run.spark(),
        prompts,
        run.policy(step - 1),
        run.settings().training(),
        run.conf().sampler().promptsPerTask(),
        run.conf().run().seed(),
        step);
  }
}
