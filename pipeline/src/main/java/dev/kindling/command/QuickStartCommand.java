package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.YamlText;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.AtomicFile;
import dev.kindling.io.UserPath;
import dev.kindling.report.Arm;
import dev.kindling.report.ArmTable;
import dev.kindling.report.RunReader;
import dev.kindling.row.EvaluationRow;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quickstart}: a cold start and its escape, at a size that a laptop trains. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows a cold start and its escape, on a small policy that learns arithmetic.",
      "It was pretrained on problems whose prompts name the answer's form, and is asked for answers in",
      "a form that it does not give by itself, with the same prompts, seed and number of rollouts for",
      "every arm.",
      "What is finished is kept: a second call goes on, or shows the result again."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh",
      "  ./submit.sh quickstart --arms all",
      "  ./submit.sh quickstart --pretrain --folder runs/from-nothing",
      "  ./submit.sh quickstart --arms grpo,garl-1 --set run.steps=30 --folder /tmp/try --fresh"
    })
final class QuickStartCommand implements Callable<Integer> {
  private static final String SETTINGS = "conf/quickstart.yaml";
  private static final String BASE_SETTINGS = "conf/quickstart-base.yaml";
  private static final int PRETRAINING_PROBLEMS = 12_000;
  private static final int TASK_PROBLEMS = 1_000;
  private static final int HELD_OUT_PROBLEMS = 128;
  private static final String DEFAULT_ARMS = "grpo,garl-0,garl-0.75";

  /** Settings of each arm over the common ones; the order is that of the table. */
  private static final Map<String, List<String>> ARMS = arms();

  @Option(
      names = "--arms",
      paramLabel = "LIST",
      split = ",",
      defaultValue = DEFAULT_ARMS,
      description = "Arms to run, or all (default: ${DEFAULT-VALUE}).")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      defaultValue = "runs/quickstart",
      description = "Where everything goes (default: ${DEFAULT-VALUE}).")
  private String folder;

  @Option(
      names = "--pretrain",
      description =
          "Pretrain the base policy anew, in some minutes, in place of the one that comes with"
              + " Kindling.")
  private boolean pretrain;

  @Option(names = "--fresh", description = "Remove what an earlier quick start left there.")
  private boolean fresh;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting for every arm and the base, over conf/quickstart.yaml.")
  private List<String> settings = new ArrayList<>();

  @Mixin private OpenOptions opening;

  private static Map<String, List<String>> arms() {
    Map<String, List<String>> arms = new LinkedHashMap<>();
    arms.put("grpo", List.of("objective.name=grpo", "objective.success=verified"));
    for (String q : List.of("0", "0.5", "0.75", "1")) {
      arms.put("garl-" + q, List.of("objective.name=garl", "objective.q=" + q));
    }
    arms.put("paft-0.75", List.of("objective.name=paft", "objective.q=0.75"));
    return arms;
  }

  private List<String> chosen() {
    List<String> chosen = names.equals(List.of("all")) ? List.copyOf(ARMS.keySet()) : names;
    for (String arm : chosen) {
      if (!ARMS.containsKey(arm)) {
        throw new InvalidInputException(
            "Unknown arm: "
                + arm
                + " (must be all or of "
                + String.join(", ", ARMS.keySet())
                + ")");
      }
    }
    return chosen;
  }

  @Override
  public Integer call() throws Exception {
    List<String> chosen = chosen();
    Path root = UserPath.of(folder);
    SparkSession spark = Sessions.session("", arm(root, chosen.get(0)).metrics());
    FileSystem files = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
    if (fresh) {
      files.delete(root, true);
    }
    long started = System.nanoTime();
    List<Arm> finished = new ArrayList<>();
    try (Progress progress = Progress.ofSteps(spark)) {
      Path report = new Path(root, "report.html");
      QuickStartBase base = new QuickStartBase(files, root);
      new Check()
          .that(
              !pretrain || !base.isUnpacked(),
              "--pretrain",
              folder,
              "must be a folder without arms of the base that comes with Kindling: add --fresh, or"
                  + " give another --folder")
          .done();
      ArithmeticProblems problems = new ArithmeticProblems(1);
      // Drawn whether they are used or not, so that the task's problems are the same.
      List<String> ofBase = problems.pretraining(PRETRAINING_PROBLEMS);
      write(files, new Path(root, "data/task.jsonl"), problems.task(TASK_PROBLEMS, false));
      write(files, new Path(root, "data/held-out.jsonl"), problems.task(HELD_OUT_PROBLEMS, true));
      if (pretrain || base.isPretrained()) {
        write(files, new Path(root, "data/pretrain.jsonl"), ofBase);
        progress.tell(
            "Base policy: pretraining on arithmetic whose prompts name the answer's form");
        pretrain(progress, base(root));
      } else {
        requireOfTheShippedBase();
        base.unpack();
      }
      progress.tell(
          "Report, which you may open now: "
              + Path.getPathWithoutSchemeAndAuthority(files.makeQualified(report)));
      for (String arm : chosen) {
        progress.tell("Arm " + arm + ": prompts no longer name the form, all of it is wanted");
        finished.add(train(progress, arm(root, arm), report, finished, chosen));
      }
      String finding = finding(finished);
      write(files, report, finding, finished, false);
      progress.say(ArmTable.text(finished));
      if (!finding.isEmpty()) {
        progress.say(finding);
      }
      progress.say(String.format(Locale.ROOT, "Took %.0f s.", (System.nanoTime() - started) / 1e9));
      progress.say("Report: " + Path.getPathWithoutSchemeAndAuthority(files.makeQualified(report)));
    }
    return 0;
  }

  private static void write(
      FileSystem files, Path report, String finding, List<Arm> arms, boolean isLive)
      throws IOException {
    byte[] page =
        Reports.page("Quick start: escaping a cold start", finding, arms, isLive)
            .getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(files, report, out -> out.write(page));
  }

  /** Refuses settings that only a base that is pretrained here can have. */
  private void requireOfTheShippedBase() {
    Check check = new Check();
    List<String> all = new ArrayList<>(Sessions.settings(""));
    all.addAll(settings);
    for (String setting : all) {
      boolean isOfBase = setting.startsWith("pretrain.") || setting.startsWith("model.");
      check.that(
          !isOfBase || setting.startsWith("model.precision"),
          "--set",
          setting,
          "must come with --pretrain: the base that comes with Kindling is as it is");
    }
    check.done();
  }

  private static void write(FileSystem files, Path file, List<String> lines) throws IOException {
    if (!files.exists(file)) {
      byte[] content = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(files, file, out -> out.write(content));
    }
  }

  private Configuration base(Path root) {
    List<YamlText> texts =
        List.of(Configuration.resource(SETTINGS), Configuration.resource(BASE_SETTINGS));
    List<String> sets = new ArrayList<>(Sessions.settings(""));
    sets.addAll(place(root, QuickStartBase.FOLDER));
    sets.add("data.path=" + new Path(root, "data/pretrain.jsonl"));
    sets.addAll(settings);
    // The base is judged by what the arms make of it.
    sets.add("evaluate.every=0");
    return Configuration.load(texts, sets).forPretraining();
  }

  private Configuration arm(Path root, String arm) {
    List<String> sets = new ArrayList<>(Sessions.settings(""));
    sets.addAll(place(root, arm));
    sets.add("model.checkpoint=" + new Path(root, QuickStartBase.FOLDER));
    sets.add("data.path=" + new Path(root, "data/task.jsonl"));
    sets.add("data.eval_path=" + new Path(root, "data/held-out.jsonl"));
    sets.addAll(ARMS.get(arm));
    sets.addAll(settings);
    return Configuration.load(List.of(Configuration.resource(SETTINGS)), sets);
  }

  private static List<String> place(Path root, String name) {
    return List.of("run.folder=" + root, "run.name=" + name);
  }

  private void pretrain(Progress progress, Configuration conf) throws Exception {
    try (Run run = opening.runs(progress).start(conf, true, OptionalLong.empty())) {
      progress.begin("base", run.lastStep(), conf.run().steps());
      Told.of(run, () -> new Pipeline(run, progress).train());
      progress.end();
    }
  }

  private Arm train(
      Progress progress, Configuration conf, Path report, List<Arm> finished, List<String> chosen)
      throws Exception {
    try (Run run = opening.runs(progress).start(conf, true, OptionalLong.empty());
        RunReader reader = Reports.reader(run)) {
      long steps = conf.run().steps();
      progress.begin(
          run.folder().root().getName(),
          finished.size() * steps + run.lastStep(),
          chosen.size() * steps);
      LiveReport.Page page =
          arm -> {
            List<Arm> arms = new ArrayList<>(finished);
            arms.add(arm);
            String finding =
                "Arm %d of %d, %s, has %d of %d steps: %s."
                    .formatted(
                        arms.size(),
                        chosen.size(),
                        arm.name(),
                        arm.metrics().size(),
                        steps,
                        Reports.outcome(arm));
            write(run.folder().fileSystem(), report, finding, arms, true);
          };
      LiveReport.during(
          progress, reader, page, () -> Told.of(run, () -> new Pipeline(run, progress).train()));
      progress.end();
      return reader.arm();
    }
  }

  /** What the arms show, and no more. */
  private static String finding(List<Arm> arms) {
    List<Arm> measured =
        arms.stream()
            .filter(arm -> Reports.lastPassAt1(arm).isPresent())
            .sorted(
                Comparator.comparingDouble((Arm a) -> Reports.lastPassAt1(a).getAsDouble())
                    .thenComparing(Arm::name))
            .toList();
    if (measured.size() < 2) {
      return "";
    }
    Arm worst = measured.get(0);
    Arm best = measured.get(measured.size() - 1);
    return String.format(
        Locale.ROOT,
        "From the same base, seed, prompts and %d rollouts, %s ended at a pass@1 of %.0f %% on %d"
            + " held-out problems and %s at %.0f %% (one seed, one task).",
        best.metrics().stream().mapToLong(m -> m.rollouts()).sum(),
        best.name(),
        100 * Reports.lastPassAt1(best).getAsDouble(),
        best.evaluations().stream().mapToLong(EvaluationRow::examples).max().orElse(0),
        worst.name(),
        100 * Reports.lastPassAt1(worst).getAsDouble());
  }
}
