package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.DataConf;
import dev.kindling.conf.EvaluationSet;
import dev.kindling.conf.Paths;
import dev.kindling.io.Commit;
import dev.kindling.io.Digests;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.io.StoredFile;
import dev.kindling.row.Table;
import dev.kindling.row.TableEngine;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Writes what a run starts from: its prompts, the policy of step 0, and the commit of both. */
final class RunBeginning {
  private final SparkSession spark;
  private final Progress progress;
  private final String version;

  /**
   * Beginnings in a session.
   *
   * @param version of this build, for the commit
   */
  RunBeginning(SparkSession spark, Progress progress, String version) {
    this.spark = spark;
    this.progress = progress;
    this.version = version;
  }

  /** Writes all of it into a folder that has its configuration already. */
  void write(RunFolder folder, Configuration conf, InitialModel model) throws IOException {
    Map<String, String> inputs = new TreeMap<>(model.writeFiles(folder));
    long examples = writePrompts(folder, conf);
    List<StoredFile> files =
        model.writeSlices(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            folder,
            conf.trainer().slices());
    putManifest(inputs, folder, RunStart.ALL_PROMPTS);
    for (EvaluationSet set : conf.evaluationSets()) {
      putManifest(inputs, folder, place(folder, set));
    }
    Commit.first(
            Sha256.of(folder.readConfig()),
            inputs,
            files,
            Map.of(RunStart.ALL_PROMPTS, examples),
            TableEngine.of(spark),
            version)
        .write(folder.fileSystem(), folder.commit(0));
  }

  private static void putManifest(Map<String, String> inputs, RunFolder folder, String table)
      throws IOException {
    Path manifest = Manifest.file(new Path(folder.root(), table));
    inputs.put(
        new Path(table).suffix(".json").toString(),
        Digests.sha256(folder.fileSystem(), manifest).sha256());
  }

  private long writePrompts(RunFolder folder, Configuration conf) throws IOException {
    RunModel model = RunModel.read(folder, conf);
    if (conf.sampler().endOfSequence().isEmpty()) {
      model.texts().disagreement(model.endOfSequence()).ifPresent(progress::tell);
    }
    DataConf data = conf.data();
    Paths paths =
        data.path()
            .orElseThrow(
                () -> new InvalidInputException("Missing data.path (give --data, or set it)"));
    long examples = write(folder, conf, model, paths, RunStart.ALL_PROMPTS, data.maxExamples());
    if (examples == 0) {
      throw new InvalidInputException(
          "Invalid data.path: " + paths + " (must have at least one usable record)");
    }
    for (EvaluationSet set : conf.evaluationSets()) {
      write(folder, conf.forReading(set), model, set.paths(), place(folder, set), 0);
    }
    return examples;
  }

  /** Where in the run folder the prompts of an evaluation set lie. */
  private static String place(RunFolder folder, EvaluationSet set) {
    return folder.evaluationPrompts().getName() + "/" + set.name();
  }

  private long write(
      RunFolder folder, Configuration conf, RunModel model, Paths paths, String table, int most)
      throws IOException {
    try (PromptFiles files = PromptFiles.read(spark, conf, model, paths)) {
      files.tell(progress, folder, table, most);
      long rows =
          StepTables.write(
              folder.fileSystem(),
              0,
              Table.PROMPTS,
              files.prompts(most),
              new Path(folder.root(), table),
              StartedData.digests(spark, conf, paths));
      long wanted = most == 0 ? files.count() : Math.min(most, files.count());
      if (rows != wanted) {
        throw new IllegalStateException(
            "Data set %s changed while it was read: %d examples, then %d"
                .formatted(paths, wanted, rows));
      }
      return rows;
    }
  }
}
