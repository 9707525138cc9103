package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.EvaluationSet;
import dev.kindling.conf.YamlText;
import dev.kindling.report.EvaluationTable;
import dev.kindling.run.Evaluation;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.TorchProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: the figures of a run's policy, and how it differs from another one. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Evaluates a committed policy on the run's evaluation sets, or on others.",
      "pass@K (unbiased estimate), mean@K, maj@K (vote) and log P-hat of each set with 95 %% intervals,",
      "and by level where examples have one. The sets are the run's, or those of --config, or",
      "the file of --data."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh evaluate --run runs/finqa --data test.json",
      "  ./submit.sh evaluate --run runs/finqa --set evaluate.samples=16 \\",
      "    --set evaluate.k=[1,16]",
      "  ./submit.sh evaluate --run runs/my --config conf/evaluations/math.yaml \\",
      "    --set evaluate.folder=/data",
      "  ./submit.sh evaluate --run runs/my --step 40 --against 0",
      "  ./submit.sh evaluate --run runs/garl --against runs/grpo",
      "  ./submit.sh evaluate --run runs/garl --against runs/grpo@20"
    })
final class EvaluateCommand implements Callable<Integer> {
  /** What only training asks of evaluations, and may not fit the sets that are asked for here. */
  private static final List<String> NOT_TRAINING =
      List.of(
          "run.keep_best.set=null",
          "run.keep_best.metric=null",
          "run.stop_when.set=null",
          "run.stop_when.metric=null",
          "evaluate.every=0");

  private static final Pattern STEP_OF_RUN = Pattern.compile("(.+)@([0-9]{1,18})");
  private static final String SETS = "evaluate.sets";

  @Option(
      names = "--run",
      paramLabel = "FOLDER",
      required = true,
      description = "Run folder, for example runs/finqa.")
  private String folder;

  @Option(
      names = "--step",
      paramLabel = "N",
      description = "Step whose policy is evaluated (default: the last; 0 is the first policy).")
  private Long step;

  @Option(
      names = "--against",
      paramLabel = "STEP|RUN|RUN@STEP",
      description =
          "Also evaluates another policy on the same examples and tells the differences: that of a"
              + " step of this run, or the last or a named one of another run with the same"
              + " tokenizer.")
  private String against;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Settings over the run's, for example conf/evaluations/math.yaml; may be given several"
              + " times, the last wins.")
  private List<String> configs = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "The one evaluation set, in the run's format.")
  private String data;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting under evaluate.")
  private List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    SparkSession spark = Sessions.session();
    TorchProbe.requireGpus(spark);
    List<YamlText> texts = new ArrayList<>();
    for (String config : configs) {
      texts.add(RunFile.read("--config", config));
    }
    try (Progress progress = Progress.ofStages(spark);
        Run run = Sessions.runs(progress).view(folder, texts, settings(texts))) {
      if (run.conf().evaluationSets().isEmpty()) {
        throw new InvalidInputException(
            "Missing evaluation set of %s (give --data or --config, or start runs with data.eval_path or evaluate.sets)"
                .formatted(run.folder().root()));
      }
      if (against == null) {
        evaluate(progress, run, Optional.empty());
      } else if (against.matches("[0-9]{1,18}")) {
        PolicyRef other = run.policy(Long.parseLong(against));
        evaluate(progress, run, Optional.of(other));
      } else {
        Matcher named = STEP_OF_RUN.matcher(against);
        boolean names = named.matches();
        try (Run other = Sessions.runs(progress).view(names ? named.group(1) : against)) {
          requireSameTokenizer(run, other);
          long version = names ? Long.parseLong(named.group(2)) : other.lastStep();
          evaluate(progress, run, Optional.of(other.policy(version)));
        }
      }
    }
    return 0;
  }

  /** The settings of the command line, after what follows from the other options. */
  private List<String> settings(List<YamlText> texts) {
    List<String> chosen = new ArrayList<>(Sessions.settings("evaluate."));
    chosen.addAll(settings);
    List<String> sets = new ArrayList<>(NOT_TRAINING);
    boolean givesSets =
        texts.stream().anyMatch(text -> text.gives(SETS))
            || chosen.stream().anyMatch(set -> set.startsWith(SETS + "="));
    if (data != null && givesSets) {
      throw new InvalidInputException(
          "Invalid --data: %s (must not come with evaluate.sets, which name their files)"
              .formatted(data));
    }
    if (data != null) {
      sets.addAll(List.of("data.eval_path=" + data, SETS + "=[]", "evaluate.folder=null"));
    } else if (givesSets) {
      sets.add("data.eval_path=null");
    }
    sets.addAll(chosen);
    return sets;
  }

  private static void requireSameTokenizer(Run run, Run other) {
    if (!Arrays.equals(run.model().tokenizer().json(), other.model().tokenizer().json())) {
      throw new InvalidInputException(
          "Invalid --against: %s (must have the tokenizer of %s, whose prompts both policies read)"
              .formatted(other.folder().root(), run.folder().root()));
    }
  }

  private void evaluate(Progress progress, Run run, Optional<PolicyRef> other) throws IOException {
    long version = step == null ? run.lastStep() : step;
    org.apache.hadoop.fs.Path tables = run.folder().askedEvaluation(version);
    // Of an evaluation before, whose tables this one replaces.
    run.folder().fileSystem().delete(ComparisonText.file(tables), false);
    List<Evaluation.Result> results = new ArrayList<>();
    progress.stage(
        "evaluate",
        version,
        () -> {
          results.add(new Evaluation(run).evaluate(run.policy(version), other, tables));
          return results.get(0).rows().size();
        });
    Evaluation.Result result = results.get(0);
    progress.say(EvaluationTable.text(result.rows()));
    if (other.isPresent()) {
      ComparisonText text = new ComparisonText("step " + version, against());
      progress.say(text.table(result.comparisons()));
      for (EvaluationSet set : run.conf().evaluationSets()) {
        progress.say(text.flips(set.name(), set.verdict(), result.comparisons()));
      }
      text.write(run.folder(), tables, result.comparisons());
    }
    progress.say("Tables: " + tables);
  }

  private String against() {
    return against.matches("[0-9]+") ? "step " + against : against;
  }
}
