package dev.kindling.run;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.EvaluationSet;
import dev.kindling.conf.Paths;
import dev.kindling.dataset.DataSets;
import dev.kindling.io.Digests;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.io.UserPath;
import dev.kindling.stage.read.TableSource;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Whether the data files that settings name are those that a run was made from: what they hold
 * counts, not how their paths are written. Files that cannot be read any more are known by the text
 * of their paths alone: the run has its own prompts.
 */
final class StartedData {
  private static final String PATH = "data.path";
  private static final String EVAL_PATH = "data.eval_path";
  private static final String SETS = "evaluate.sets";

  private final SparkSession spark;
  private final RunFolder folder;

  StartedData(SparkSession spark, RunFolder folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /**
   * The SHA-256 of each file of a data set, and of the rows of what Spark reads, for the manifest
   * of its prompts.
   *
   * @param conf says how they are read
   */
  static Map<String, String> digests(SparkSession spark, Configuration conf, Paths paths)
      throws IOException {
    Map<String, String> digests = new TreeMap<>();
    if (conf.data().format() == DataSets.SPARK) {
      for (TableSource table : PromptFiles.tables(spark, conf.data(), paths)) {
        digests.put("data rows " + digests.size(), table.digest());
      }
      return digests;
    }
    org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    for (int i = 0; i < paths.each().size(); i++) {
      Path file = UserPath.of(paths.each().get(i));
      digests.put("data file " + i, Digests.sha256(file.getFileSystem(hadoop), file).sha256());
    }
    return digests;
  }

  /**
   * The settings, with paths as the run was started with where they lead to its data.
   *
   * @param conf settings to go on with
   * @param started settings of the run's {@code config.yaml}
   * @throws InvalidInputException naming the settings whose paths are those of the run, but lead to
   *     other data now
   */
  Configuration settled(Configuration conf, Configuration started) throws IOException {
    Set<String> same = new HashSet<>();
    Check check = new Check();
    Optional<Paths> path = conf.data().path();
    Optional<Boolean> isSame =
        path.isPresent() ? isSame(started, path.get(), folder.prompts()) : Optional.empty();
    if (isSame.orElse(false)) {
      same.add(PATH);
    }
    refuseOther(check, PATH, path.orElse(null), isSame, path.equals(started.data().path()));
    List<EvaluationSet> sets = conf.evaluationSets();
    List<EvaluationSet> before = started.evaluationSets();
    boolean areSame = sets.size() == before.size();
    for (int i = 0; areSame && i < sets.size(); i++) {
      EvaluationSet set = sets.get(i);
      Optional<Boolean> isSet =
          isSame(started.forReading(set), set.paths(), folder.evaluationPrompts(set.name()));
      boolean isText = set.equals(before.get(i));
      String key = conf.evaluate().sets().isEmpty() ? EVAL_PATH : SETS;
      refuseOther(check, key, set.paths(), isSet, isText);
      areSame = set.with(before.get(i).paths()).equals(before.get(i)) && isSet.orElse(isText);
    }
    if (areSame) {
      same.addAll(Set.of(EVAL_PATH, SETS, "evaluate.folder"));
    }
    check.done();
    return conf.with(started, same);
  }

  private static void refuseOther(
      Check check, String key, Object paths, Optional<Boolean> isSame, boolean isText) {
    check.that(
        !isText || isSame.orElse(true),
        key,
        paths,
        "holds other data than the run was started with: restore it, or start another by --name");
  }

  /** Whether files hold what a table of the run was made from; empty where nobody can tell. */
  private Optional<Boolean> isSame(Configuration conf, Paths paths, Path table) throws IOException {
    Map<String, String> madeFrom;
    try {
      madeFrom = Manifest.read(folder.fileSystem(), table).madeFrom();
    } catch (InvalidInputException damaged) {
      // Who reads the table is told.
      return Optional.empty();
    }
    try {
      return Optional.of(digests(spark, conf, paths).equals(madeFrom));
    } catch (IOException | InvalidInputException unreadable) {
      return Optional.empty();
    }
  }
}
