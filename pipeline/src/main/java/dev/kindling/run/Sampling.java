package dev.kindling.run;

import static dev.kindling.row.Table.PROMPTS;
import static dev.kindling.row.Table.ROLLOUTS;
import static dev.kindling.row.Table.SCORES;

import dev.kindling.row.PromptRow;
import dev.kindling.stage.Given;
import dev.kindling.stage.Refill;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A step's prompts, rollouts and scores, in one round of sampling or several. Each stage gives the
 * rows that it wrote; a stage of the first round makes void what later rounds were drawn after.
 */
final class Sampling {
  private final Run run;
  private final Weighing weighing;

  Sampling(Run run, Weighing weighing) {
    this.run = run;
    this.weighing = weighing;
  }

  long prepare(long step) throws IOException {
    run.dropRounds(step);
    List<PromptRow> prompts = run.draw(0, run.conf().sampler().promptsPerStep());
    run.beginTables(prompts);
    return run.write(0, PROMPTS, prompts);
  }

  long rollout(long step) throws IOException {
    run.dropRounds(step);
    return sample(step, 0);
  }

  long score(long step) throws IOException {
    run.dropRounds(step);
    return verify(0);
  }

  /** Samples further prompts while too few have rewards that differ, where that is asked for. */
  long refill(long step) throws IOException {
    run.dropRounds(step);
    long rows = 0;
    Optional<Refill.Round> next = weighing.next(step);
    for (int round = 1; next.isPresent(); round++) {
      run.write(round, PROMPTS, run.draw(next.get().drawn(), next.get().count()));
      sample(step, round);
      rows += verify(round);
      next = weighing.next(step);
    }
    return rows;
  }

  private long sample(long step, int round) throws IOException {
    Dataset<Row> prompts = run.read(round, PROMPTS);
    boolean isGiven = run.settings().isSupervised();
    return run.write(round, ROLLOUTS, isGiven ? given(prompts) : sampled(step, round, prompts));
  }

  private long verify(int round) throws IOException {
    return run.write(
        round,
        SCORES,
        Score.score(
            run.spark(),
            run.read(round, PROMPTS),
            run.read(round, ROLLOUTS),
            run.settings().judges(run.conf().verifier().name())));
  }

  private Dataset<Row> given(Dataset<Row> prompts) {
    return Given.rollouts(
        run.spark(), prompts, run.model().tokenizer(), run.model().endOfThinking());
  }

  private Dataset<Row> sampled(long step, int round, Dataset<Row> prompts) throws IOException {
    return Rollout.rollout(
        run.spark(),
        prompts,
        run.places(round),
        run.policy(step - 1),
        run.model().tokenizer(),
        run.settings().training(),
        run.conf().sampler().promptsPerTask(),
        run.conf().run().seed(),
        step);
  }
}
