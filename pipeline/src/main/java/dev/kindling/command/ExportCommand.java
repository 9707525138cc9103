package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.io.CheckpointVector;
import dev.kindling.io.Commit;
import dev.kindling.io.FloatType;
import dev.kindling.io.RunFolder;
import dev.kindling.io.UserPath;
import dev.kindling.pretrained.ModelExport;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: a run's policy as the model folder that other tools load. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a committed policy as a Hugging Face model folder.",
      "Weights are safetensors; the configuration and tokenizer files are those that the run began",
      "with, byte for byte.",
      "The folder must be empty or absent; the same export may be repeated."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh export runs/finqa --to models/finqa",
      "  ./submit.sh export runs/finqa --step 40 --to s3a://bucket/finqa --dtype bfloat16"
    })
final class ExportCommand implements Callable<Integer> {
  /** How tensors are stored. */
  enum Dtype {
    /** As the run's first policy came; float32 if it began here. */
    ORIGINAL(null),
    /** Exactly the trained weights. */
    FLOAT32(FloatType.F32),
    /** Rounded to the nearest. */
    BFLOAT16(FloatType.BF16),
    /** Rounded to the nearest; beyond 65504 infinite. */
    FLOAT16(FloatType.F16);

    private final FloatType type;

    Dtype(FloatType type) {
      this.type = type;
    }

    // What a person types, and what the help shows.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "RUN", description = "Run folder, for example runs/finqa.")
  private String run;

  @Option(
      names = "--step",
      paramLabel = "N",
      description = "Step whose policy is exported (default: the last; 0 is the first policy).")
  private Long step;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      required = true,
      description = "Model folder to write, a path or URI.")
  private String target;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "original",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Dtype dtype;

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      defaultValue = "5GB",
      converter = ByteSize.class,
      description = "A file of weights is no larger, but for a larger tensor (default: 5GB).")
  private long shardBytes;

  @Override
  public Integer call() throws Exception {
    SparkSession spark = Sessions.session();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    RunFolder folder = RunFolder.open(hadoop, UserPath.of(run));
    Commit commit = commit(folder);
    Path checkpoint = folder.checkpoint(commit.step());
    ModelFolder model = ModelFolder.open(hadoop, folder.model());
    ModelExport export =
        new ModelExport(model, model.manifest(), Optional.ofNullable(dtype.type), shardBytes);
    Path to = UserPath.of(target);
    FileSystem files = to.getFileSystem(hadoop);
    try (Progress progress = Progress.ofStages(spark);
        CheckpointVector weights =
            CheckpointVector.open(folder.fileSystem(), checkpoint, commit.checkpoint())) {
      progress.bytes(
          "export", export.bytes(), written -> export.write(files, to, weights, written));
      progress.say(
          "Exported step %d of %s: %d bytes of weights in %d file%s, in %s"
              .formatted(
                  commit.step(),
                  folder.root(),
                  export.bytes(),
                  export.shards(),
                  export.shards() == 1 ? "" : "s",
                  files.makeQualified(to)));
    }
    return 0;
  }

  /** The commit of the step, its checkpoint verified. */
  private Commit commit(RunFolder folder) throws IOException {
    List<Long> steps = folder.committedSteps();
    if (steps.isEmpty()) {
      throw new InvalidInputException("No committed step in " + folder.root());
    }
    long last = steps.get(steps.size() - 1);
    long chosen = step == null ? last : step;
    if (!steps.contains(chosen)) {
      throw new InvalidInputException(
          "Invalid --step: %d (must be in [%d, %d])".formatted(chosen, steps.get(0), last));
    }
    Commit commit = folder.readCommit(chosen);
    Path checkpoint = folder.checkpoint(chosen);
    if (!folder.fileSystem().exists(checkpoint)) {
      throw new InvalidInputException(
          "Invalid --step: %d (must have a checkpoint: run.keep_checkpoints has let go of this one)"
              .formatted(chosen));
    }
    commit.verify(folder.fileSystem(), checkpoint);
    folder.readCommit(0).verifyInputs(folder.fileSystem(), folder.root());
    return commit;
  }
}
