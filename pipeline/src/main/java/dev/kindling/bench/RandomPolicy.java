package dev.kindling.bench;

import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Precision;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import dev.kindling.stage.PolicyRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A checkpoint of random weights. Its elements are uniform, for drawing normal ones would take
 * longer than the measurements: matrices have deviation {@link #STD}, norms are 1, biases 0.
 *
 * @param context runs the tasks that write it
 * @param hadoop how to reach the file system
 * @param model the shape
 */
record RandomPolicy(
    JavaSparkContext context, Broadcast<SerializableConfiguration> hadoop, BenchModel model) {
  private static final double STD = 0.02;
  private static final double WIDTH = STD * Math.sqrt(12);

  /** Writes the checkpoint and names it as a policy. */
  PolicyRef write(Path folder, Precision precision) {
    return PolicyRef.of(hadoop, folder, write(folder), model.config(), precision, 0);
  }

  /** Writes the slices, each in a Spark task. */
  List<StoredFile> write(Path folder) {
    Broadcast<SerializableConfiguration> toFiles = hadoop;
    int slices = model.slices();
    ModelConfig config = model.config();
    String target = folder.toString();
    List<Integer> numbers = IntStream.range(0, slices).boxed().toList();
    List<StoredFile> files =
        new ArrayList<>(
            context
                .parallelize(numbers, slices)
                .map(slice -> write(toFiles.value(), config, slices, slice, target))
                .collect());
    files.sort(Comparator.comparing(StoredFile::name));
    return files;
  }

  private static StoredFile write(
      SerializableConfiguration hadoop, ModelConfig config, int slices, int slice, String folder)
      throws IOException {
    ParameterLayout layout = ParameterLayout.of(config);
    SliceRange range = SliceRange.split(layout.size(), slices).get(slice);
    Path file = new Path(folder, "slice-%05d-of-%05d.safetensors".formatted(slice, slices));
    return CheckpointSlice.writeFirst(
        file.getFileSystem(hadoop.value()),
        file,
        range,
        (from, out) -> {
          for (int i = 0; i < out.length; ) {
            i = fill(layout, from, out, i);
          }
        });
  }

  /** Fills the elements of one parameter from {@code start} on; gives where the next one starts. */
  private static int fill(ParameterLayout layout, long from, float[] values, int start) {
    Parameter parameter = layout.parameters().get(layout.indexAt(from + start));
    long within = from + start - parameter.offset();
    int end = (int) Math.min(values.length, start + parameter.size() - within);
    if (parameter.name().endsWith("norm.weight")) {
      Arrays.fill(values, start, end, 1);
    } else if (parameter.name().endsWith(".bias")) {
      Arrays.fill(values, start, end, 0);
    } else {
      CounterRandom random = CounterRandom.of(1, parameter.name());
      for (int i = start; i < end; i++) {
        values[i] = (float) (WIDTH * (random.uniform(within + i - start) - 0.5));
      }
    }
    return end;
  }
}
