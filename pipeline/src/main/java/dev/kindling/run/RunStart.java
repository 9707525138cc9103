package dev.kindling.run;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.EvaluationSetConf;
import dev.kindling.conf.TrainerConf;
import dev.kindling.conf.YamlText;
import dev.kindling.engine.train.LearningRate;
import dev.kindling.io.Commit;
import dev.kindling.io.FileMistake;
import dev.kindling.io.Leftovers;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import dev.kindling.io.UserPath;
import dev.kindling.io.WayBack;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import dev.kindling.row.TableEngine;
import dev.kindling.stage.Score;
import dev.kindling.stage.SqlVerifiers;
import dev.kindling.stage.VerifierNames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Makes and opens run folders: data set, model and the policy of step 0. */
public final class RunStart {
  /** The run's whole prompt table: its folder, and its row count in the commit of step 0. */
  public static final String ALL_PROMPTS = "prompts";

  private final SparkSession spark;
  private final Progress progress;
  private final String version;
  private final RunLocks locks;
  private final boolean takesOtherTables;

  /**
   * Runs of a session.
   *
   * @param version of this build, for commits
   */
  public RunStart(SparkSession spark, Progress progress, String version) {
    this(spark, progress, version, Duration.ZERO, false);
  }

  private RunStart(
      SparkSession spark,
      Progress progress,
      String version,
      Duration longest,
      boolean takesOtherTables) {
    this.spark = spark;
    this.progress = progress;
    this.version = version;
    this.locks = new RunLocks(spark, progress, longest);
    this.takesOtherTables = takesOtherTables;
  }

  /**
   * The same, opened on other conditions.
   *
   * @param longest wait for a driver that holds a run
   * @param takesOtherTables whether a run goes on whose tables another engine has computed
   */
  public RunStart opened(Duration longest, boolean takesOtherTables) {
    return new RunStart(spark, progress, version, longest, takesOtherTables);
  }

  /**
   * What becomes of a run that exists.
   *
   * @param isAllowed whether it may be gone on with
   * @param fromStep step to go back to first; empty for the last one
   * @param keepsTables whether what an interrupted step has finished stays
   */
  private record Resumption(boolean isAllowed, OptionalLong fromStep, boolean keepsTables) {}

  /**
   * Starts a run, or goes on with it.
   *
   * @param resume whether a run that exists may be gone on with; one that does not exist is started
   * @param fromStep step to go back to first; empty for the last one
   */
  public Run start(Configuration conf, boolean resume, OptionalLong fromStep) throws IOException {
    return start(conf, new Resumption(resume, fromStep, false));
  }

  /**
   * Starts a run for stages of its first step, or goes on with it for stages of any; what an
   * interrupted step has finished stays.
   *
   * @param step of a run that does not exist it must be 1
   */
  public Run startAt(Configuration conf, long step) throws IOException {
    Path root = root(conf);
    new Check()
        .that(
            step == 1 || RunFolder.exists(hadoop(), root),
            "--step",
            step,
            "must be 1: there is no run in " + root)
        .done();
    return start(conf, new Resumption(true, OptionalLong.empty(), true));
  }

  private static Path root(Configuration conf) {
    String name =
        conf.run()
            .name()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Missing run.name (give --name, or a run file by --config)"));
    return UserPath.of(conf.run().folder(), name);
  }

  private Run start(Configuration conf, Resumption how) throws IOException {
    Path root = root(conf);
    requireKnownVerifiers(conf);
    if (how.fromStep().isPresent() || (how.isAllowed() && RunFolder.exists(hadoop(), root))) {
      return resume(RunFolder.open(hadoop(), root), conf, how);
    }
    boolean isNew = !root.getFileSystem(hadoop()).exists(root);
    // Whatever can be refused without a folder is refused before there is one.
    InitialModel model = InitialModel.of(hadoop(), conf);
    RunLock lock = claim(root);
    try {
      if (how.isAllowed() && RunFolder.exists(hadoop(), root)) {
        // Another driver has started it since, and ended.
        return resume(RunFolder.open(hadoop(), root), conf, how, lock);
      }
      return create(root, conf, model, lock, isNew);
    } catch (Exception e) {
      lock.close();
      throw e;
    }
  }

  private RunLock claim(Path root) throws IOException {
    try {
      return locks.take(root.getFileSystem(hadoop()), root);
    } catch (IOException refused) {
      throw FileMistake.of(
          "Cannot write to run folder %s: %s (run.folder must be writable and have free space)"
              .formatted(root, refused.getMessage()),
          refused);
    }
  }

  /** Makes the run's folder, whose lock this driver holds. */
  private Run create(Path root, Configuration conf, InitialModel model, RunLock lock, boolean isNew)
      throws IOException {
    RunFolder folder = RunFolder.create(hadoop(), root, conf.toYaml());
    try {
      beginning().write(folder, conf, model);
      return run(folder, Optional.of(lock), conf, Map.of());
    } catch (Exception failed) {
      // Spark throws checked exceptions that it does not declare.
      // Else the next try would be told that the run exists.
      takeBack(folder, isNew);
      throw failed;
    }
  }

  /** Removes a run that has hardly begun; of a folder that was there before, only what names it. */
  private static void takeBack(RunFolder folder, boolean isNew) throws IOException {
    folder.fileSystem().delete(isNew ? folder.root() : folder.config(), true);
  }

  private Run resume(RunFolder folder, Configuration conf, Resumption how) throws IOException {
    RunLock lock = locks.take(folder.fileSystem(), folder.root());
    try {
      return resume(folder, conf, how, lock);
    } catch (Exception e) {
      lock.close();
      throw e;
    }
  }

  private Run resume(RunFolder folder, Configuration given, Resumption how, RunLock lock)
      throws IOException {
    if (how.fromStep().isPresent()) {
      long step = how.fromStep().getAsLong();
      // A command that is refused moves nothing.
      YamlText saved = saved(folder, Optional.of(WayBack.whole(folder, step)));
      settled(folder, given, saved).requireResumable(saved);
      WayBack.to(folder, step)
          .forEach(path -> progress.tell("Set aside in discarded/ until the next commit: " + path));
    }
    YamlText saved =
        orWayBack(
            folder,
            () -> {
              WayBack.verifyHistory(folder);
              return saved(folder);
            });
    Configuration conf = settled(folder, given, saved);
    Map<String, String> changed = conf.requireResumable(saved);
    (how.keepsTables()
            ? Leftovers.removeBesideNextTables(folder)
            : Leftovers.removeUncommitted(folder))
        .forEach(path -> progress.tell("Removed uncommitted " + path));
    if (folder.lastCommit().isEmpty()) {
      beginning().write(folder, conf, InitialModel.of(hadoop(), conf));
    }
    return orWayBack(folder, () -> run(folder, Optional.of(lock), conf, changed));
  }

  /** The settings to go on with, in which data that is the run's has the paths of its start. */
  private Configuration settled(RunFolder folder, Configuration given, YamlText saved)
      throws IOException {
    return new StartedData(spark, folder)
        .settled(given, Configuration.load(List.of(saved), List.of()));
  }

  /** Opens a run for one more stage, with the configuration it was started with. */
  public Run open(String path) throws IOException {
    RunFolder folder = RunFolder.open(hadoop(), UserPath.of(path));
    RunLock lock = locks.take(folder.fileSystem(), folder.root());
    try {
      return opened(folder, Optional.of(lock), List.of(), List.of());
    } catch (Exception e) {
      lock.close();
      throw e;
    }
  }

  /** Looks at a run that another driver may be writing. */
  public Run view(String path) throws IOException {
    return view(path, List.of(), List.of());
  }

  /**
   * The same with some settings changed for the look.
   *
   * @param files settings over those of the run
   * @param settings each {@code key=value}, over the files
   */
  public Run view(String path, List<YamlText> files, List<String> settings) throws IOException {
    return opened(RunFolder.open(hadoop(), UserPath.of(path)), Optional.empty(), files, settings);
  }

  private Run opened(
      RunFolder folder, Optional<RunLock> lock, List<YamlText> files, List<String> settings)
      throws IOException {
    YamlText saved = orWayBack(folder, () -> saved(folder));
    if (folder.lastCommit().isEmpty()) {
      throw new InvalidInputException(
          "No policy in %s (its start was interrupted: prepare it again with --resume)"
              .formatted(folder.root()));
    }
    List<YamlText> texts = new ArrayList<>(List.of(saved));
    texts.addAll(files);
    Configuration conf = Configuration.load(texts, settings);
    return orWayBack(folder, () -> run(folder, lock, conf, Map.of()));
  }

  /** Reads something of a run. */
  private interface Reading<T> {
    T read() throws IOException;
  }

  /** Reads something of a run; if one of its steps is damaged, the refusal tells the way back. */
  private static <T> T orWayBack(RunFolder folder, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (InvalidInputException refused) {
      Optional<String> remedy = WayBack.remedy(folder);
      if (remedy.isEmpty()) {
        throw refused;
      }
      List<String> lines = new ArrayList<>(refused.violations());
      lines.add(remedy.get());
      throw new InvalidInputException(lines);
    }
  }

  private void requireKnownVerifiers(Configuration conf) {
    SqlVerifiers own = RunSettings.sqlVerifiers(conf);
    VerifierNames.requireFree(own.names());
    if (!own.names().isEmpty()) {
      own.requireUsable(
          spark,
          Score.answers(Table.PROMPTS.of(spark, List.of()), Table.ROLLOUTS.of(spark, List.of())));
    }
    conf.verifier()
        .name()
        .ifPresent(name -> VerifierNames.requireKnown("verifier.name", name, own.names()));
    List<EvaluationSetConf> sets = conf.evaluate().sets();
    for (int i = 0; i < sets.size(); i++) {
      String key = "evaluate.sets[" + i + "].verifier";
      sets.get(i).verifier().ifPresent(name -> VerifierNames.requireKnown(key, name, own.names()));
    }
  }

  private Run run(
      RunFolder folder, Optional<RunLock> lock, Configuration conf, Map<String, String> changed)
      throws IOException {
    requireKnownVerifiers(conf);
    if (lock.isPresent()) {
      requireSameEngine(folder);
    }
    folder.readCommit(0).verifyInputs(folder.fileSystem(), folder.root());
    long updates = conf.totalUpdates(Configuration.load(List.of(saved(folder)), List.of()));
    tellOfTheLearningRate(folder, conf, updates);
    RunModel model = RunModel.read(folder, conf);
    return new Run(spark, folder, lock, conf, model, updates, changed, version);
  }

  private void requireSameEngine(RunFolder folder) throws IOException {
    String before = folder.lastCommit().orElseThrow().tables();
    String now = TableEngine.of(spark);
    if (before.equals(now)) {
      return;
    }
    if (!takesOtherTables) {
      throw new InvalidInputException(
          "Invalid engine of tables for %s: %s (must be %s, which computed the last step: set spark.plugins as it was, or give --other-tables, and numbers may differ in their last bits)"
              .formatted(folder.root(), now, before));
    }
    progress.tell(
        "Tables are computed by %s from here on, by %s before (--other-tables)"
            .formatted(now, before));
  }

  /** A longer run goes on behind the end of the course that the rate was given at its start. */
  private void tellOfTheLearningRate(RunFolder folder, Configuration conf, long updates)
      throws IOException {
    TrainerConf trainer = conf.trainer();
    boolean isLonger = conf.run().steps() * trainer.updatesPerStep() > updates;
    if (isLonger && trainer.schedule() != LearningRate.Shape.CONSTANT) {
      progress.tell(
          "The learning rate of %s ends its course with update %d and stays at %s from there on (trainer.total_updates asks for another course)"
              .formatted(
                  folder.root().getName(), updates, trainer.learningRate() * trainer.finalShare()));
    }
  }

  /** The settings that the run was started with, which its commits name by their digest. */
  private static YamlText saved(RunFolder folder) throws IOException {
    return saved(folder, folder.lastCommit());
  }

  private static YamlText saved(RunFolder folder, Optional<Commit> last) throws IOException {
    String text = folder.readConfig();
    if (last.isPresent() && !last.get().configDigest().equals(Sha256.of(text))) {
      throw new InvalidInputException(
          "Invalid %s: it was changed since the run began (must have SHA-256 %s: undo the change, or start another run with these settings by --config and --name)"
              .formatted(folder.config(), last.get().configDigest()));
    }
    return new YamlText(folder.config().toString(), text);
  }

  /** Writes the prompts of a run that has no data set file, and gives their number. */
  public static long writePrompts(SparkSession spark, RunFolder folder, List<PromptRow> prompts)
      throws IOException {
    return StepTables.write(
            spark,
            folder.fileSystem(),
            0,
            Table.PROMPTS,
            Table.PROMPTS.internal(prompts),
            folder.prompts(),
            Map.of())
        .rows();
  }

  private RunBeginning beginning() {
    return new RunBeginning(spark, progress, version);
  }

  private org.apache.hadoop.conf.Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
