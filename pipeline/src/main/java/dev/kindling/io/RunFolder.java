package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where everything of one run lies, on any Hadoop file system, and which of it counts. A step
 * exists when its {@code commit.json} does; whatever else lies there is the rubbish of an
 * interrupted try.
 *
 * <pre>
 * config.yaml                 effective configuration
 * model/                      config.json, tokenizer.json and what else came with the model
 * prompts/                    the prepared data set
 * evaluation-prompts/SET/     a prepared evaluation set
 * step-000012/                1-prompts ... 6-step, commit.json
 * step-000012/refill-01/      1-prompts, 2-rollouts, 3-scores of a further round of sampling
 * checkpoints/step-000012/    slice-00000-of-00004.safetensors, ...
 * evaluations/step-000012/    9-evaluations; SET/ with 2-rollouts and 3-scores
 * evaluations-asked/          the same of evaluations that a command asked for
 * metrics/step-000012/        one row
 * metrics.jsonl               a line of figures a step
 * tensorboard/                event files of them
 * trackers.json, mlflow.json  what was sent to whom
 * discarded/                  steps that were gone back from, until the next commit
 * lock/                       who writes
 * status.json                 what its driver does, or how it ended
 * report.html
 * </pre>
 */
public final class RunFolder {
  static final String COMMIT = "commit.json";
  private static final Pattern STEP = Pattern.compile("step-([0-9]{6,18})");
  private static final int PROBE_BYTES = 1 << 16;

  private final FileSystem fileSystem;
  private final Path root;

  private RunFolder(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  /**
   * Makes the folder of a new run.
   *
   * @param hadoop finds the file system
   * @param root the run's own folder
   * @param configYaml effective configuration; written as {@code config.yaml}
   * @throws InvalidInputException when the run exists or the folder cannot be written
   */
  public static RunFolder create(Configuration hadoop, Path root, String configYaml)
      throws IOException {
    RunFolder run = of(hadoop, root);
    if (run.fileSystem.exists(run.config())) {
      throw new InvalidInputException(
          "Run folder " + run.root + " exists (pass --resume to go on with it, or another --name)");
    }
    run.checkWritable(0);
    run.write(run.config(), configYaml.getBytes(StandardCharsets.UTF_8));
    return run;
  }

  /**
   * Opens the folder of a run that was created earlier, by this process or another.
   *
   * @throws InvalidInputException when there is no such run
   */
  public static RunFolder open(Configuration hadoop, Path root) throws IOException {
    RunFolder run = of(hadoop, root);
    if (!run.fileSystem.exists(run.config())) {
      throw new InvalidInputException(
          "No run in " + run.root + " (config.yaml is missing; start it without --resume)");
    }
    return run;
  }

  /** Whether a run has been created. */
  public static boolean exists(Configuration hadoop, Path root) throws IOException {
    RunFolder run = of(hadoop, root);
    return run.fileSystem.exists(run.config());
  }

  private static RunFolder of(Configuration hadoop, Path root) throws IOException {
    FileSystem fileSystem = root.getFileSystem(hadoop);
    return new RunFolder(fileSystem, fileSystem.makeQualified(root));
  }

  /** The file system that holds the run. */
  public FileSystem fileSystem() {
    return fileSystem;
  }

  /** The run folder itself, with scheme. */
  public Path root() {
    return root;
  }

  /** Effective configuration. */
  public Path config() {
    return new Path(root, "config.yaml");
  }

  /** What the run's driver does, or how it ended: {@link RunStatus}. */
  public Path status() {
    return new Path(root, "status.json");
  }

  /** The policy's small files, as Hugging Face names them. */
  public Path model() {
    return new Path(root, "model");
  }

  /** Tokenizer of the policy, in Hugging Face's form. */
  public Path tokenizer() {
    return new Path(model(), "tokenizer.json");
  }

  /** The prepared data set, a Parquet table. */
  public Path prompts() {
    return new Path(root, "prompts");
  }

  /** The prepared evaluation sets, each a Parquet table of its name; not every run has some. */
  public Path evaluationPrompts() {
    return new Path(root, "evaluation-prompts");
  }

  /** A prepared evaluation set. */
  public Path evaluationPrompts(String set) {
    return new Path(evaluationPrompts(), set);
  }

  /** Tables of the evaluation that a step ended with, of the policy that it made. */
  public Path evaluation(long step) {
    return new Path(evaluations(), stepName(step));
  }

  /** Tables of the last evaluation of a step's policy that was asked for beside the training. */
  public Path askedEvaluation(long step) {
    return new Path(askedEvaluations(), stepName(step));
  }

  private Path evaluations() {
    return new Path(root, "evaluations");
  }

  private Path askedEvaluations() {
    return new Path(root, "evaluations-asked");
  }

  /** Steps that ended with an evaluation, ascending, committed or not. */
  public List<Long> evaluatedSteps() throws IOException {
    return List.copyOf(stepFolders(evaluations()).keySet());
  }

  /** One table of a step, for example {@code 2-rollouts}. */
  public Path table(long step, String table) {
    return new Path(step(step), table);
  }

  /** A table of a round of sampling: 0 for the step's own, up to 99 for further ones. */
  public Path table(long step, int round, String table) {
    return round == 0
        ? table(step, table)
        : new Path(step(step), String.format(Locale.ROOT, "refill-%02d/%s", round, table));
  }

  /** A table of a step in all rounds that have it, the step's own first, there or not. */
  public List<Path> tables(long step, String table) throws IOException {
    List<Path> tables = new ArrayList<>(List.of(table(step, table)));
    for (int round = 1; fileSystem.exists(table(step, round, table)); round++) {
      tables.add(table(step, round, table));
    }
    return tables;
  }

  /** Removes the further rounds of sampling of a step. */
  public void removeRefills(long step) throws IOException {
    remove(
        Arrays.stream(list(step(step)))
            .map(FileStatus::getPath)
            .filter(path -> path.getName().startsWith("refill-"))
            .toList());
  }

  /** The file that makes a step count. */
  public Path commit(long step) {
    return new Path(step(step), COMMIT);
  }

  /** Folder of the slices that a step made. */
  public Path checkpoint(long step) {
    return new Path(root, "checkpoints/" + stepName(step));
  }

  /** One slice of {@code slices}, 0-based. */
  public Path slice(long step, int slice, int slices) {
    Objects.checkIndex(slice, slices);
    return new Path(
        checkpoint(step),
        String.format(Locale.ROOT, "slice-%05d-of-%05d.safetensors", slice, slices));
  }

  /** The metrics of all steps: a folder of one Parquet table a step. */
  public Path metrics() {
    return new Path(root, "metrics");
  }

  /** The metrics of one step. */
  public Path metrics(long step) {
    return new Path(metrics(), stepName(step));
  }

  /** What was gone back from, until the next commit. */
  Path discarded() {
    return new Path(root, "discarded");
  }

  /** The metrics of every step that has some, ascending. */
  public List<Path> allMetrics() throws IOException {
    return List.copyOf(stepFolders(metrics()).values());
  }

  /** The page for people. */
  public Path report() {
    return new Path(root, "report.html");
  }

  /** Effective configuration as {@link #create} wrote it. */
  public String readConfig() throws IOException {
    return new String(read(config()), StandardCharsets.UTF_8);
  }

  /** A small file of the run. */
  public byte[] read(Path file) throws IOException {
    try (InputStream in = fileSystem.open(file)) {
      return in.readAllBytes();
    }
  }

  /**
   * Writes a small file that never changes, for example the model's shape.
   *
   * @throws InvalidInputException when the file exists with other content
   */
  public void write(Path file, byte[] content) throws IOException {
    AtomicFile.write(fileSystem, file, out -> out.write(content));
  }

  /** Writes the page for people in place of an earlier one. */
  public void writeReport(String html) throws IOException {
    byte[] content = html.getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(fileSystem, report(), out -> out.write(content));
  }

  /**
   * Writes and removes a probe file and asks for free space, so that a run fails before its first
   * step rather than after an hour.
   *
   * @param bytesNeeded what the caller is about to write
   * @throws InvalidInputException when the folder cannot be written or is too full
   */
  public void checkWritable(long bytesNeeded) throws IOException {
    long free;
    try {
      Path probe = new Path(root, "write-check");
      AtomicFile.write(fileSystem, probe, out -> out.write(new byte[PROBE_BYTES]));
      fileSystem.delete(probe, false);
      free = fileSystem.getStatus(root).getRemaining();
    } catch (IOException refused) {
      throw FileMistake.of(
          "Cannot write to run folder %s: %s (run.folder must be writable and have free space)"
              .formatted(root, refused.getMessage()),
          refused);
    }
    if (free < bytesNeeded) {
      throw new InvalidInputException(
          "Run folder %s has %d bytes free, %d are needed (free some, lower run.keep_checkpoints, or choose another run.folder)"
              .formatted(root, free, bytesNeeded));
    }
  }

  /**
   * Steps that exist, ascending.
   *
   * @throws InvalidInputException when a step before the last committed one has no commit
   */
  public List<Long> committedSteps() throws IOException {
    SortedMap<Long, Path> folders = stepFolders(root);
    List<Long> committed = new ArrayList<>();
    for (long step : folders.keySet()) {
      if (fileSystem.exists(commit(step))) {
        committed.add(step);
      }
    }
    for (int i = 0; i < committed.size(); i++) {
      if (committed.get(i) != i) {
        throw new InvalidInputException(
            "Missing %s though step %d is committed".formatted(commit(i), committed.get(i)));
      }
    }
    return committed;
  }

  /** Reads the commit of a step; see {@link Commit#read}. */
  public Commit readCommit(long step) throws IOException {
    return Commit.read(fileSystem, commit(step));
  }

  /** Reads the commit of a step, which must follow the one that has the digest {@code previous}. */
  Commit readCommit(long step, String previous) throws IOException {
    Commit commit = readCommit(step);
    if (commit.step() != step || !Objects.equals(commit.previous(), previous)) {
      throw new InvalidInputException(
          "%s is of step %d and follows commit %s, but the step before it has digest %s (a file of another run?)"
              .formatted(commit(step), commit.step(), commit.previous(), previous));
    }
    return commit;
  }

  /**
   * The newest commit, checked to follow the one before it.
   *
   * @return empty when no step is committed
   * @throws InvalidInputException when either file is damaged or of another run
   */
  public Optional<Commit> lastCommit() throws IOException {
    List<Long> steps = committedSteps();
    if (steps.isEmpty()) {
      return Optional.empty();
    }
    int last = steps.size() - 1;
    String previous = last == 0 ? null : readCommit(steps.get(last - 1)).digest();
    return Optional.of(readCommit(steps.get(last), previous));
  }

  Path step(long step) {
    return new Path(root, stepName(step));
  }

  private static String stepName(long step) {
    return String.format(Locale.ROOT, "step-%06d", step);
  }

  /** The folders that hold one folder a step. */
  List<Path> stepParents() {
    return List.of(
        root, new Path(root, "checkpoints"), evaluations(), askedEvaluations(), metrics());
  }

  SortedMap<Long, Path> stepFolders(Path parent) throws IOException {
    SortedMap<Long, Path> folders = new TreeMap<>();
    for (FileStatus status : list(parent)) {
      Matcher matcher = STEP.matcher(status.getPath().getName());
      if (matcher.matches()) {
        folders.put(Long.valueOf(matcher.group(1)), status.getPath());
      }
    }
    return folders;
  }

  FileStatus[] list(Path parent) throws IOException {
    return fileSystem.exists(parent) ? fileSystem.listStatus(parent) : new FileStatus[0];
  }

  List<String> remove(List<Path> paths) throws IOException {
    List<String> removed = new ArrayList<>();
    for (Path path : paths) {
      if (!fileSystem.delete(path, true)) {
        throw new IOException("Cannot delete " + path);
      }
      removed.add(relative(path));
    }
    return removed;
  }

  /** A path of the run as seen from its folder. */
  String relative(Path path) {
    return root.toUri().relativize(path.toUri()).getPath();
  }
}
