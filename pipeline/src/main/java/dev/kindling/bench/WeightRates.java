package dev.kindling.bench;

import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.train.AdamW;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.CheckpointVector;
import dev.kindling.io.TemporaryVector;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * How fast one core moves a checkpoint, in bytes a second.
 *
 * @param load of weights from storage into a local file, and from there into memory; both halves
 *     count their bytes
 * @param update of slices through the optimizer: read, updated and written anew, counted once
 */
record WeightRates(double load, double update) {
  /** Weights and both moments. */
  static final int ARRAYS = 3;

  /** Measures the second time each is done, on one thread. */
  static WeightRates of(FileSystem files, List<Path> slices, ModelConfig model, Path next)
      throws IOException {
    once(files, slices, model, next);
    files.delete(next, true);
    WeightRates warm = once(files, slices, model, next);
    files.delete(next, true);
    return warm;
  }

  private static WeightRates once(FileSystem files, List<Path> slices, ModelConfig model, Path next)
      throws IOException {
    long started = System.nanoTime();
    long bytes;
    try (CheckpointVector vector = CheckpointVector.open(files, slices);
        TemporaryVector local = TemporaryVector.copy(vector, 0, vector.size());
        Weights sampler = Weights.load(model, local, Device.CPU);
        Weights trainer = Weights.load(model, local, Device.CPU)) {
      bytes = Float.BYTES * (sampler.layout().size() + trainer.layout().size()) / 2;
    }
    long loaded = System.nanoTime();
    AdamW optimizer = new AdamW(0.9, 0.999, 1e-8, 0);
    for (Path slice : slices) {
      CheckpointSlice old = CheckpointSlice.read(files, slice);
      float[] gradient = new float[old.parameters().length];
      optimizer.update(
          old.parameters(), gradient, old.firstMoment(), old.secondMoment(), 1, 1e-6, 1);
      old.write(files, new Path(next, slice.getName()));
    }
    long updated = System.nanoTime();
    return new WeightRates(
        2 * bytes / ((loaded - started) / 1e9), ARRAYS * bytes / ((updated - loaded) / 1e9));
  }
}
