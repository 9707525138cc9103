package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.MachineConf;
import dev.kindling.plan.Needs;
import dev.kindling.plan.Sample;
import dev.kindling.plan.StepPlan;
import dev.kindling.plan.StepWork;
import dev.kindling.row.PromptRow;
import dev.kindling.run.RunPreview;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plan}: what a step will cost, before there is a run. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Tells what a step of a run would cost, and what does not fit, without starting the run.",
      "It reads the policy's small files and the first 1000 records of the data set. Limits of",
      "memory are Spark's settings: --driver-memory and --executor-memory before the command,",
      "spark.executor.memoryOverhead. docs/scaling.md says how far it is right."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh plan --config conf/finqa.yaml --config conf/tiny.yaml --data dev.json",
      "  ./submit.sh --executor-memory 64g plan --config my.yaml --data train.jsonl \\",
      "    --executors 8 --gpus 8 --gpu-memory 80g --bandwidth 25g",
      "  ./submit.sh bench --what plan --to here.yaml",
      "  ./submit.sh plan --config runs/my/config.yaml --constants here.yaml"
    })
final class PlanCommand implements Callable<Integer> {
  private static final int RECORDS = 1000;

  @Mixin private SettingsOptions settings;
  @Mixin private ClusterOptions cluster;

  @Option(
      names = "--completion-tokens",
      paramLabel = "N",
      description =
          "Tokens of a rationale and answer together, on average (default: all that the sampler may"
              + " draw). A run's metrics have them as completion_length.")
  private Double completion;

  @Override
  public Integer call() throws Exception {
    Configuration conf = settings.configuration(List.of());
    int budget = conf.sampler().thinkingTokens() + conf.sampler().answerTokens();
    double tokens = completion == null ? budget : completion;
    new Check()
        .that(
            tokens >= 1 && tokens <= budget,
            "--completion-tokens",
            completion,
            "must be in [1, %d], what sampler.thinking_tokens and answer_tokens allow"
                .formatted(budget))
        .done();
    MachineConf machine = cluster.machine();
    SparkSession spark = Sessions.session();
    RunPreview run = RunPreview.of(spark, conf, RECORDS);
    StepWork work = new StepWork(run.shape(), conf, sample(run), tokens);
    PlanText text =
        new PlanText(
            new StepPlan(work, cluster.of(spark), machine),
            new Needs(work, cluster.of(spark), machine));
    System.out.println(text.all(cluster.source()));
    return 0;
  }

  private static Sample sample(RunPreview run) throws IOException {
    List<PromptRow> prompts = run.prompts();
    return new Sample(
        prompts.size(),
        prompts.stream().mapToInt(prompt -> prompt.promptIds().length).average().orElseThrow(),
        prompts.stream().mapToInt(prompt -> prompt.promptIds().length).max().orElseThrow(),
        prompts.stream().mapToInt(prompt -> prompt.goldIds().length).average().orElseThrow());
  }
}
