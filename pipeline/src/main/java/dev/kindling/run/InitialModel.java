package dev.kindling.run;

import dev.kindling.check.Sha256;
import dev.kindling.conf.Configuration;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.RandomWeights;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.CheckpointVector;
import dev.kindling.io.Commit;
import dev.kindling.io.FloatSource;
import dev.kindling.io.RunFolder;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.pretrained.StoredWeights;
import dev.kindling.pretrained.WeightManifest;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The policy that a run begins with: a new one, the last one of another run, or a model as it is
 * downloaded from Hugging Face. Its weights go from where they are to step 0 in Spark tasks.
 */
final class InitialModel {
  private final ModelConfig shape;
  private final SortedMap<String, byte[]> files;
  private final Opening weights;

  private InitialModel(ModelConfig shape, SortedMap<String, byte[]> files, Opening weights) {
    this.shape = shape;
    this.files = files;
    this.weights = weights;
  }

  /** Opens the flat vector of weights, wherever a task runs. */
  private interface Opening extends Serializable {
    FloatSource open(org.apache.hadoop.conf.Configuration hadoop) throws IOException;
  }

  /**
   * The policy that the configuration asks for; its weights are read when they are written.
   *
   * @throws dev.kindling.check.InvalidInputException naming what of the checkpoint or the tokenizer
   *     cannot be used
   */
  static InitialModel of(org.apache.hadoop.conf.Configuration hadoop, Configuration conf)
      throws IOException {
    ModelFiles model = ModelFiles.of(hadoop, conf);
    if (model.run().isPresent()) {
      return ofRun(model, model.run().get());
    } else if (model.folder().isPresent()) {
      return ofFolder(model, model.folder().get());
    }
    long seed = conf.run().seed();
    double std = conf.model().initStd();
    ModelConfig shape = model.shape();
    return new InitialModel(shape, model.files(), any -> new RandomWeights(shape, seed, std));
  }

  private static InitialModel ofRun(ModelFiles model, RunFolder origin) throws IOException {
    Commit commit = origin.lastCommit().orElseThrow();
    Path checkpoint = origin.checkpoint(commit.step());
    commit.verify(origin.fileSystem(), checkpoint);
    origin.readCommit(0).verifyInputs(origin.fileSystem(), origin.root());
    List<String> slices =
        commit.checkpoint().stream()
            .map(slice -> new Path(checkpoint, slice.name()).toString())
            .toList();
    return new InitialModel(
        model.shape(),
        model.files(),
        hadoop ->
            CheckpointVector.open(
                checkpoint(slices).getFileSystem(hadoop), slices.stream().map(Path::new).toList()));
  }

  private static Path checkpoint(List<String> slices) {
    return new Path(slices.get(0)).getParent();
  }

  private static InitialModel ofFolder(ModelFiles model, ModelFolder folder) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>(model.files());
    // What of the weights can be refused is refused before there is a run.
    try (StoredWeights weights = folder.weights()) {
      files.put(WeightManifest.FILE, weights.manifest().json());
    }
    String path = folder.path().toString();
    ModelConfig shape = model.shape();
    return new InitialModel(
        shape, files, hadoop -> StoredWeights.open(hadoop, new Path(path), shape));
  }

  /** Writes the small files that belong to the policy; gives their digests, by their paths. */
  Map<String, String> writeFiles(RunFolder folder) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      folder.write(new Path(folder.model(), file.getKey()), file.getValue());
      String path = folder.model().getName() + "/" + file.getKey();
      digests.put(path, Sha256.of(file.getValue()));
    }
    return digests;
  }

  /** Writes the slices of step 0, a task each: the weights, and moments of zero. */
  List<StoredFile> writeSlices(JavaSparkContext spark, RunFolder folder, int slices) {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    List<Slice> all =
        IntStream.range(0, slices)
            .mapToObj(slice -> new Slice(slice, folder.slice(0, slice, slices).toString()))
            .toList();
    ModelConfig written = shape;
    Opening source = weights;
    List<StoredFile> files =
        new ArrayList<>(
            spark
                .parallelize(all, slices)
                .map(slice -> slice.write(hadoop.value().value(), written, slices, source))
                .collect());
    hadoop.destroy();
    files.sort(Comparator.comparing(StoredFile::name));
    return files;
  }

  /**
   * One slice of step 0.
   *
   * @param number which, 0-based
   * @param file where it goes
   */
  private record Slice(int number, String file) implements Serializable {
    StoredFile write(
        org.apache.hadoop.conf.Configuration hadoop, ModelConfig shape, int slices, Opening source)
        throws IOException {
      SliceRange range = SliceRange.split(ParameterLayout.of(shape).size(), slices).get(number);
      Path path = new Path(file);
      FileSystem fileSystem = path.getFileSystem(hadoop);
      try (FloatSource weights = source.open(hadoop)) {
        return CheckpointSlice.writeFirst(fileSystem, path, range, weights);
      }
    }
  }
}
