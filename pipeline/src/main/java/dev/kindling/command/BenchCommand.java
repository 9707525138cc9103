package dev.kindling.command;

import dev.kindling.bench.BenchModel;
import dev.kindling.bench.BenchSettings;
import dev.kindling.bench.BenchTables;
import dev.kindling.bench.Machine;
import dev.kindling.bench.MemoryCase;
import dev.kindling.bench.OverheadBench;
import dev.kindling.bench.PlanBench;
import dev.kindling.bench.PromptsBench;
import dev.kindling.bench.ScoreBench;
import dev.kindling.bench.StageBench;
import dev.kindling.bench.WeighBench;
import dev.kindling.bench.Workload;
import dev.kindling.check.Check;
import dev.kindling.engine.model.Precision;
import dev.kindling.io.UserPath;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}: how fast and how large the stages are on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the stages of a step on random weights and prints tables.",
      "They show, for the session that it runs in, tokens per second and core, share of what the",
      "machine can do at best, memory.",
      "Nothing else should run meanwhile: the column busy is processor time over wall time of the",
      "tasks, and ± the larger distance of a repeat from the median."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh bench",
      "  ./submit.sh --master 'local[1]' bench --what decode,prefill --shape big",
      "  ./submit.sh bench --what step --precision float32",
      "  ./submit.sh bench --what overhead",
      "  ./submit.sh --driver-memory 1g bench --what prompts",
      "  ./submit.sh bench --what memory --shape small,big",
      "  ./submit.sh --packages org.duckdb:duckdb_jdbc:2.0.0.1 bench --what weigh",
      "  ./submit.sh bench --what score --python venv/bin/python",
      "  ./submit.sh bench --what plan --to here.yaml",
      "  ./submit.sh bench --model /models/Qwen3-0.6B --what decode,train"
    })
final class BenchCommand implements Callable<Integer> {
  /** What can be measured, in the order of the tables. */
  enum What {
    /** What the machine can do at best. */
    MACHINE,
    /** Sampling. */
    DECODE,
    /** Reading prompts. */
    PREFILL,
    /** Gradients. */
    TRAIN,
    /** A whole step. */
    STEP,
    /** What a step costs beside its arithmetic. */
    OVERHEAD,
    /** Peaks of resident memory. */
    MEMORY,
    /** Coefficients of many samples. */
    WEIGH,
    /** Verdicts on many answers. */
    SCORE,
    /** Data sets of many prompts. */
    PROMPTS,
    /** What plans count with. */
    PLAN
  }

  @Option(
      names = "--what",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "machine,decode,prefill,train,step",
      description = "Of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private List<What> what = new ArrayList<>();

  @Option(
      names = "--shape",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "small",
      description = "small (4.7 M parameters), big (0.47 B) or both (default: ${DEFAULT-VALUE}).")
  private List<String> shapes = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      description = "A model folder whose config.json gives the shape, instead of --shape.")
  private Path model;

  @Option(
      names = "--precision",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "float32,bfloat16",
      description = "Of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private List<Precision> precisions = new ArrayList<>();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each stage after one that does not count (default: ${DEFAULT-VALUE}).")
  private int repeats;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Whole steps before those that count, the first of which has a line of its own: a run's"
              + " first steps are slower, until the virtual machine has compiled the planner"
              + " (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "20000000",
      description =
          "Samples that weigh takes, a multiple of 32; 40 bytes each on disk (default:"
              + " ${DEFAULT-VALUE}).")
  private long rows;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "2000000",
      description =
          "Prompts that prompts begins a run with, 2.5 KB each on the executors' disks while it"
              + " does (default: ${DEFAULT-VALUE}).")
  private long prompts;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description = "Interpreter with math-verify, to have score measure that beside.")
  private String python;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "File for what plan measured, which the command plan takes as --constants.")
  private Path to;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description =
          "Where weights and tables are written and removed again, 12 bytes a parameter (default:"
              + " ${DEFAULT-VALUE}).")
  private String folder;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting of the stages, over conf/bench.yaml.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--alone",
      hidden = true,
      description = "Measure the memory of one task in this process and print it.")
  private MemoryCase alone;

  @Override
  public Integer call() throws Exception {
    new Check()
        .that(repeats >= 1, "--repeats", repeats, "must be >= 1")
        .that(warmUp >= 1, "--warm-up", warmUp, "must be >= 1")
        .that(to == null || what.contains(What.PLAN), "--to", to, "must come with --what plan")
        .done();
    List<BenchModel> models =
        model == null
            ? shapes.stream().map(BenchModel::named).toList()
            : List.of(BenchModel.of(model));
    SparkSession spark = Sessions.session();
    // Executors have a folder of their own to which a relative path would be taken, and two benches
    // at once must not remove each other's.
    org.apache.hadoop.fs.Path named = UserPath.of(folder, "bench-" + UUID.randomUUID());
    org.apache.hadoop.fs.Path place =
        named.getFileSystem(spark.sparkContext().hadoopConfiguration()).makeQualified(named);
    try (Progress progress = Progress.ofSteps(spark);
        StageBench bench =
            new StageBench(
                spark, place, new BenchSettings(settings), warmUp, alone == null ? repeats : 0)) {
      if (alone == null) {
        progress.say(Machine.describe(spark));
        WeighBench weigh =
            new WeighBench(spark, new org.apache.hadoop.fs.Path(place, "weigh"), rows, repeats);
        print(
            progress,
            new BenchTables(bench, progress, bench.floor(), models, precisions),
            weigh,
            new ScoreBench(spark, repeats, Optional.ofNullable(python)),
            new PlanBench(bench, progress),
            new OverheadBench(bench, progress),
            new PromptsBench(
                spark, progress, new org.apache.hadoop.fs.Path(place, "prompts"), prompts, repeats),
            spark);
      } else {
        progress.say(BenchProcess.result(bench.peak(alone, models.get(0), precisions.get(0))));
      }
    }
    return 0;
  }

  private void print(
      Progress progress,
      BenchTables tables,
      WeighBench weigh,
      ScoreBench score,
      PlanBench plan,
      OverheadBench overhead,
      PromptsBench prompted,
      SparkSession spark)
      throws IOException {
    for (What each : What.values()) {
      if (what.contains(each)) {
        List<String> table = new ArrayList<>();
        progress.underBar(
            "bench " + each.name().toLowerCase(Locale.ROOT),
            () -> {
              table.add(table(tables, weigh, score, plan, overhead, prompted, each, spark));
              return table.size();
            });
        progress.say("");
        progress.say(table.get(0));
      }
    }
  }

  private String table(
      BenchTables tables,
      WeighBench weigh,
      ScoreBench score,
      PlanBench plan,
      OverheadBench overhead,
      PromptsBench prompted,
      What what,
      SparkSession spark)
      throws IOException {
    return switch (what) {
      case MACHINE -> tables.machine();
      case DECODE -> tables.decode();
      case PREFILL -> tables.prefill();
      case TRAIN -> tables.train();
      case STEP -> tables.step();
      case WEIGH -> weigh.table();
      case SCORE -> score.table();
      case PLAN -> constants(plan);
      case OVERHEAD -> overhead.table();
      case PROMPTS -> prompted.table();
      case MEMORY ->
          tables.memory(
              (task, work) ->
                  new BenchProcess(spark.sparkContext().getConf(), shape(work), folder, settings)
                      .peak(task, work));
    };
  }

  private String constants(PlanBench plan) throws IOException {
    String constants = plan.measure().toYaml();
    if (to != null) {
      Files.writeString(to, constants);
    }
    return constants;
  }

  private List<String> shape(Workload work) {
    return model == null
        ? List.of("--shape", work.model().name())
        : List.of("--model", model.toString());
  }
}
