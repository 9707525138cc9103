package dev.kindling.run;

import dev.kindling.conf.EvaluationSet;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.Table;
import dev.kindling.stage.Compare;
import dev.kindling.stage.Evaluate;
import dev.kindling.stage.ExampleFigures;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Rollouts, verdicts and figures of a policy on a run's evaluation sets; the tables are kept.
 *
 * <pre>
 * 9-evaluations               figures of all sets
 * SET/                        2-rollouts, 3-scores
 * SET/against/                those of the policy that is compared with
 * </pre>
 */
public final class Evaluation {
  private final Run run;

  public Evaluation(Run run) {
    this.run = run;
  }

  /**
   * What an evaluation gave.
   *
   * @param rows rows of 9-evaluations, in the order of the sets
   * @param comparisons by set, in their order; empty where nothing was compared with
   */
  public record Result(List<EvaluationRow> rows, Map<String, Compare.Comparison> comparisons) {}

  /**
   * Evaluates a policy on all sets, and compares it.
   *
   * @param policy the policy, which names its step
   * @param against one of the same tokenizer that it is compared with
   * @param folder where the tables go
   */
  public Result evaluate(PolicyRef policy, Optional<PolicyRef> against, Path folder)
      throws IOException {
    List<EvaluationRow> rows = new ArrayList<>();
    Map<String, Compare.Comparison> comparisons = new LinkedHashMap<>();
    for (EvaluationSet set : run.conf().evaluationSets()) {
      Path tables = new Path(folder, set.name());
      Dataset<Row> examples = examples(set, policy, tables);
      Evaluate.Subject subject =
          new Evaluate.Subject(
              policy.version(), set.name(), set.metrics(), run.conf().run().seed());
      rows.addAll(Evaluate.figures(examples, subject));
      if (against.isPresent()) {
        Dataset<Row> others = examples(set, against.get(), new Path(tables, "against"));
        comparisons.put(
            set.name(),
            Compare.compare(examples, others, set.metrics(), set.verdict(), subject.seed()));
      }
    }
    StepTables.write(
        run.spark(),
        run.folder().fileSystem(),
        policy.version(),
        Table.EVALUATIONS,
        Table.EVALUATIONS.internal(rows),
        new Path(folder, Table.EVALUATIONS.name()),
        Map.of());
    return new Result(rows, comparisons);
  }

  private Dataset<Row> examples(EvaluationSet set, PolicyRef policy, Path folder)
      throws IOException {
    Dataset<Row> prompts = run.evaluationPrompts(set);
    Dataset<Row> chosen =
        set.examples() == 0 ? prompts : prompts.where("position < " + set.examples());
    Row sizes =
        chosen
            .selectExpr(
                "coalesce(min(position), 0L)",
                "count(1)",
                "coalesce(sum(CAST(octet_length(prompt) AS BIGINT)), 0L)")
            .head();
    Rollout.Places places = new Rollout.Places(sizes.getLong(0), sizes.getLong(1));
    boolean areSmall = run.holds(run.settings().heldBytes(set, sizes.getLong(1), sizes.getLong(2)));
    String verifier = set.verifier().orElse(null);
    Dataset<Row> rollouts =
        written(
            policy.version(),
            Table.ROLLOUTS,
            Rollout.rollout(
                run.spark(),
                chosen,
                places,
                policy,
                run.model().tokenizer(),
                run.settings().evaluation(set),
                run.conf().sampler().promptsPerTask() * groupRatio(set),
                stream(set),
                policy.version()),
            folder,
            areSmall);
    Dataset<Row> scores =
        written(
            policy.version(),
            Table.SCORES,
            Score.score(run.spark(), chosen, rollouts, run.settings().judges(set.verifier())),
            folder,
            areSmall);
    return ExampleFigures.rows(
        run.spark(), chosen, scores, verifier, run.settings().verifierLimits(), set.metrics());
  }

  private Dataset<Row> written(
      long step, Table<?> table, Dataset<Row> content, Path folder, boolean areSmall)
      throws IOException {
    Path path = new Path(folder, table.name());
    FileSystem files = run.folder().fileSystem();
    if (areSmall) {
      InternalRow[] rows = table.hold(content);
      StepTables.write(run.spark(), files, step, table, rows, path, Map.of());
      return table.held(run.spark(), rows);
    }
    StepTables.write(files, step, table, content, path);
    return table.read(run.spark(), path.toString());
  }

  // An example may be in several sets, and in that of the training.
  private long stream(EvaluationSet set) {
    return CounterRandom.of(run.conf().run().seed(), "evaluation " + set.name()).key();
  }

  // As many rollouts in a task as in training, though an evaluation's groups are smaller.
  private int groupRatio(EvaluationSet set) {
    return Math.max(1, run.conf().sampler().samples() / set.samples());
  }
}
