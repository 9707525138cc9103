package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.Paths;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.row.PromptRow;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What a run would begin with, looked at without a run: the shape of its policy and the first
 * records of its data set.
 *
 * @param shape the policy's, for no longer sequences than the settings allow
 * @param prompts of the first records, those that can be used
 */
public record RunPreview(ModelConfig shape, List<PromptRow> prompts) {
  /**
   * Looks at what a configuration names. Nothing is written, and of weights nothing is read.
   *
   * @param records most records to read of the data set
   * @throws InvalidInputException if the data set or the policy's files cannot be used
   */
  public static RunPreview of(SparkSession spark, Configuration conf, int records)
      throws IOException {
    ModelFiles files = ModelFiles.of(spark.sparkContext().hadoopConfiguration(), conf);
    Optional<ModelFolder> folder = files.folder();
    RunModel model =
        RunModel.of(
            folder.map(from -> from.shape(conf.model().maxPositions())).orElse(files.shape()),
            files.files(),
            folder.map(ModelFolder::path).orElse(new Path("model")),
            conf);
    Paths paths =
        conf.data()
            .path()
            .orElseThrow(
                () -> new InvalidInputException("Missing data.path (give --data, or set it)"));
    List<PromptRow> prompts = PromptFiles.first(spark, conf, model, paths, records);
    if (prompts.isEmpty()) {
      throw new InvalidInputException(
          "Invalid data.path: %s (must have a usable record among the first %d)"
              .formatted(paths, records));
    }
    return new RunPreview(model.shape(), prompts);
  }
}
