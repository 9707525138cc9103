package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.TrainerConf;
import dev.kindling.conf.YamlText;
import dev.kindling.engine.train.LearningRate;
import dev.kindling.io.Commit;
import dev.kindling.io.FileMistake;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import dev.kindling.io.StoredFile;
import dev.kindling.row.Table;
import dev.kindling.stage.VerifierNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Makes and opens run folders: data set, model and the policy of step 0. */
public final class RunStart {
  /** Row count of the run's whole prompt table, in the commit of step 0. */
  public static final String ALL_PROMPTS = "prompts";

  private final SparkSession spark;
  private final Progress progress;
  private final String version;

  /**
   * Runs of a session.
   *
   * @param version of this build, for commits
   */
  public RunStart(SparkSession spark, Progress progress, String version) {
    this.spark = spark;
    this.progress = progress;
    this.version = version;
  }

  /**
   * Starts a run, or goes on with it.
   *
   * @param resume whether a run that exists may be gone on with; one that does not exist is started
   */
  public Run start(Configuration conf, boolean resume) throws IOException {
    String name =
        conf.run()
            .name()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Missing run.name (give --name, or a run file by --config)"));
    requireKnownVerifier(conf);
    String parent = conf.run().folder();
    if (resume && RunFolder.exists(hadoop(), parent, name)) {
      return resume(RunFolder.open(hadoop(), parent, name), conf);
    }
    Path root = new Path(parent, name);
    boolean isNew = !root.getFileSystem(hadoop()).exists(root);
    // Whatever can be refused without a folder is refused before there is one.
    try (InitialModel model = InitialModel.of(hadoop(), conf)) {
      RunLock lock = claim(root);
      try {
        if (resume && RunFolder.exists(hadoop(), parent, name)) {
          // Another driver has started it since, and ended.
          return resume(RunFolder.open(hadoop(), parent, name), conf, lock);
        }
        return create(name, conf, model, lock, isNew);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    }
  }

  private RunLock claim(Path root) throws IOException {
    try {
      return RunLock.acquire(root.getFileSystem(hadoop()), root);
    } catch (IOException refused) {
      throw FileMistake.of(
          "Cannot write to run folder %s: %s (run.folder must be writable and have free space)"
              .formatted(root, refused.getMessage()),
          refused);
    }
  }

  /** Makes the run's folder, whose lock this driver holds. */
  private Run create(
      String name, Configuration conf, InitialModel model, RunLock lock, boolean isNew)
      throws IOException {
    RunFolder folder = RunFolder.create(hadoop(), conf.run().folder(), name, conf.toYaml());
    try {
      initialise(folder, conf, model);
      return run(folder, Optional.of(lock), conf);
    } catch (InvalidInputException refused) {
      // Else the next try, of corrected settings, would be told that the run exists.
      takeBack(folder, isNew);
      throw refused;
    }
  }

  /** Removes a run that has hardly begun; of a folder that was there before, only what names it. */
  private static void takeBack(RunFolder folder, boolean isNew) throws IOException {
    folder.fileSystem().delete(isNew ? folder.root() : folder.config(), true);
  }

  private Run resume(RunFolder folder, Configuration conf) throws IOException {
    RunLock lock = RunLock.acquire(folder.fileSystem(), folder.root());
    try {
      return resume(folder, conf, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private Run resume(RunFolder folder, Configuration conf, RunLock lock) throws IOException {
    conf.requireResumable(saved(folder));
    folder.removeUncommitted().forEach(path -> progress.tell("Removed uncommitted " + path));
    if (folder.lastCommit().isEmpty()) {
      try (InitialModel model = InitialModel.of(hadoop(), conf)) {
        initialise(folder, conf, model);
      }
    }
    return run(folder, Optional.of(lock), conf);
  }

  /** Opens a run for one more stage, with the configuration it was started with. */
  public Run open(String path) throws IOException {
    RunFolder folder = folder(new Path(path));
    RunLock lock = RunLock.acquire(folder.fileSystem(), folder.root());
    try {
      Configuration conf = Configuration.load(List.of(saved(folder)), List.of());
      return run(folder, Optional.of(lock), conf);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Looks at a run that another driver may be writing, some settings changed for the look. */
  public Run view(String path, List<String> settings) throws IOException {
    RunFolder folder = folder(new Path(path));
    Configuration conf = Configuration.load(List.of(saved(folder)), settings);
    return run(folder, Optional.empty(), conf);
  }

  private static void requireKnownVerifier(Configuration conf) {
    conf.verifier().name().ifPresent(name -> VerifierNames.requireKnown("verifier.name", name));
  }

  private Run run(RunFolder folder, Optional<RunLock> lock, Configuration conf) throws IOException {
    requireKnownVerifier(conf);
    long updates = conf.totalUpdates(Configuration.load(List.of(saved(folder)), List.of()));
    tellOfTheLearningRate(folder, conf, updates);
    return new Run(spark, folder, lock, conf, RunModel.read(folder, conf), updates, version);
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

  private RunFolder folder(Path path) throws IOException {
    String parent = path.getParent() == null ? Path.CUR_DIR : path.getParent().toString();
    RunFolder folder = RunFolder.open(hadoop(), parent, path.getName());
    if (folder.lastCommit().isEmpty()) {
      throw new InvalidInputException(
          "No policy in "
              + folder.root()
              + " (its start was interrupted: prepare it again with --resume)");
    }
    return folder;
  }

  /** The settings that the run was started with, which its commits name by their digest. */
  private static YamlText saved(RunFolder folder) throws IOException {
    String text = folder.readConfig();
    Optional<Commit> last = folder.lastCommit();
    if (last.isPresent() && !last.get().configDigest().equals(Sha256.of(text))) {
      throw new InvalidInputException(
          "Invalid %s: it was changed since the run began (must have SHA-256 %s: undo the change, or start another run with these settings by --config and --name)"
              .formatted(folder.config(), last.get().configDigest()));
    }
    return new YamlText(folder.config().toString(), text);
  }

  private void initialise(RunFolder folder, Configuration conf, InitialModel model)
      throws IOException {
    model.writeFiles(folder);
    long examples = writePrompts(folder, conf);
    List<StoredFile> files = model.writeSlices(folder, conf.trainer().slices());
    new Commit(0, conf.digest(), 0, files, Map.of(ALL_PROMPTS, examples), null, version)
        .write(folder.fileSystem(), folder.commit(0));
  }

  private long writePrompts(RunFolder folder, Configuration conf) throws IOException {
    RunModel model = RunModel.read(folder, conf);
    if (conf.sampler().endOfSequence().isEmpty()) {
      model.texts().disagreement(model.endOfSequence()).ifPresent(progress::tell);
    }
    String path =
        conf.data()
            .path()
            .orElseThrow(
                () -> new InvalidInputException("Missing data.path (give --data, or set it)"));
    long examples = write(folder, conf, model, path, folder.prompts());
    if (examples == 0) {
      throw new InvalidInputException(
          "Invalid data.path: " + path + " (must have at least one usable record)");
    }
    if (conf.data().evalPath().isPresent()) {
      write(folder, conf, model, conf.data().evalPath().get(), folder.evaluationPrompts());
    }
    return examples;
  }

  private long write(RunFolder folder, Configuration conf, RunModel model, String path, Path table)
      throws IOException {
    PromptFile file = PromptFile.read(hadoop(), conf, model, path);
    file.tell(progress, folder, table.getName());
    return Table.PROMPTS.write(Table.PROMPTS.of(spark, file.prompts()), table.toString());
  }

  private org.apache.hadoop.conf.Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
