package dev.kindling.run;

import dev.kindling.conf.EvaluateConf;
import dev.kindling.row.Table;
import dev.kindling.stage.Evaluate;
import dev.kindling.stage.EvaluationFigures;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rollouts, verdicts and figures of one policy on evaluation prompts; the tables are kept. */
public final class Evaluation {
  private final Run run;

  public Evaluation(Run run) {
    this.run = run;
  }

  /**
   * Evaluates a policy.
   *
   * @param prompts rows as 1-prompts has them
   * @param policy the policy, which names its step
   */
  public EvaluationFigures figures(Dataset<Row> prompts, PolicyRef policy) throws IOException {
    EvaluateConf conf = run.conf().evaluate();
    Path folder = run.folder().evaluation(policy.version());
    Dataset<Row> chosen =
        conf.examples() == 0 ? prompts : prompts.where("position < " + conf.examples());
    Dataset<Row> rollouts =
        Rollout.rollout(
            run.spark(),
            chosen,
            policy,
            run.settings().evaluation(),
            run.conf().sampler().promptsPerTask() * groupRatio(),
            // Not the training streams, should an example be in both sets.
            ~run.conf().run().seed(),
            policy.version());
    String rolloutPath = new Path(folder, Table.ROLLOUTS.name()).toString();
    String scorePath = new Path(folder, Table.SCORES.name()).toString();
    Table.ROLLOUTS.write(rollouts, rolloutPath);
    Dataset<Row> scores =
        Score.score(
            run.spark(),
            chosen,
            Table.ROLLOUTS.read(run.spark(), rolloutPath),
            run.conf().verifier().name().orElse(null),
            run.settings().verifierLimits(),
            run.model().tokenizer());
    Table.SCORES.write(scores, scorePath);
    return Evaluate.figures(Table.SCORES.read(run.spark(), scorePath), conf.k());
  }

  // As many rollouts in a task as in training, though an evaluation's groups are smaller.
  private int groupRatio() {
    return Math.max(1, run.conf().sampler().samples() / run.conf().evaluate().samples());
  }
}
