package dev.kindling.command;

import dev.kindling.report.TextTable;
import dev.kindling.run.Evaluation;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.stage.EvaluationFigures;
import dev.kindling.stage.TorchProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: pass@1, pass@k and maj@k of a run's policy. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Evaluates a committed policy: pass@1, pass@k (unbiased estimate), maj@k, log P-hat.",
      "Samples, temperature and k are the run's settings under evaluate, or --set."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh evaluate --run runs/finqa --data test.json",
      "  ./submit.sh evaluate --run runs/finqa --set evaluate.samples=16 --set evaluate.k=[1,16]"
    })
final class EvaluateCommand implements Callable<Integer> {
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
      names = "--data",
      paramLabel = "FILE",
      description = "Evaluation set, in the run's format (default: the run's data.eval_path).")
  private String data;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting under evaluate.")
  private List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    SparkSession spark = Sessions.session();
    TorchProbe.requireGpus(spark);
    try (Progress progress = Progress.ofStages(spark);
        Run run = Sessions.runs(progress).view(folder, settings)) {
      long version = step == null ? run.lastStep() : step;
      Dataset<Row> prompts = data == null ? run.evaluationPrompts() : run.prompts(data);
      List<EvaluationFigures> figures = new ArrayList<>();
      progress.stage(
          "evaluate",
          version,
          () -> {
            figures.add(new Evaluation(run).figures(prompts, run.policy(version)));
            return figures.get(0).examples();
          });
      progress.say(table(figures.get(0)));
      progress.say("Tables: " + run.folder().evaluation(version));
    }
    return 0;
  }

  private static String table(EvaluationFigures figures) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("examples", Long.toString(figures.examples())));
    rows.add(List.of("samples per example", number(figures.samples())));
    rows.add(List.of("pass@1", number(figures.passAt1())));
    figures.passAtK().forEach((k, value) -> rows.add(List.of("pass@" + k, number(value))));
    figures.majAtK().forEach((k, value) -> rows.add(List.of("maj@" + k, number(value))));
    rows.add(List.of("log P-hat", number(figures.logPHat())));
    return TextTable.of(List.of("figure", "value"), rows);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
