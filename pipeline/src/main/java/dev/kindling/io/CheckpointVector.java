package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The master weights of a whole checkpoint as one flat vector, read where they lie in its slices.
 * One thread at a time.
 */
public final class CheckpointVector implements FloatSource {
  private final List<SafetensorsReader> readers = new ArrayList<>();
  private final List<SliceRange> ranges = new ArrayList<>();

  private CheckpointVector() {}

  /**
   * Opens the slices in a checkpoint's folder; as {@link #open(FileSystem, List)}.
   *
   * @param folder the checkpoint's folder
   * @param files its slices, in the order of their ranges
   */
  public static CheckpointVector open(FileSystem fileSystem, Path folder, List<StoredFile> files)
      throws IOException {
    return open(fileSystem, files.stream().map(file -> new Path(folder, file.name())).toList());
  }

  /**
   * Opens the slices.
   *
   * @param files the slices, in the order of their ranges
   * @throws InvalidInputException naming a file that is no slice, or does not follow the one before
   */
  public static CheckpointVector open(FileSystem fileSystem, List<Path> files) throws IOException {
    CheckpointVector vector = new CheckpointVector();
    try {
      for (Path file : files) {
        SafetensorsReader reader = CheckpointSlice.open(fileSystem, file);
        vector.readers.add(reader);
        SliceRange range = CheckpointSlice.range(reader, file);
        if (range.from() != vector.size()) {
          throw new InvalidInputException(
              "Cannot read %s: it begins at element %d, must begin at %d"
                  .formatted(file, range.from(), vector.size()));
        }
        vector.ranges.add(range);
      }
      return vector;
    } catch (IOException | RuntimeException e) {
      vector.close();
      throw e;
    }
  }

  /** Number of elements. */
  public long size() {
    return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).to();
  }

  @Override
  public void read(long from, float[] out) throws IOException {
    int done = 0;
    for (int slice = 0; slice < ranges.size() && done < out.length; slice++) {
      SliceRange range = ranges.get(slice);
      long at = from + done;
      if (at < range.to()) {
        int count = (int) Math.min(out.length - done, range.to() - at);
        readers.get(slice).read(CheckpointSlice.PARAMETERS, at - range.from(), out, done, count);
        done += count;
      }
    }
    if (done < out.length) {
      throw new IndexOutOfBoundsException(
          "[%d, %d) is not in [0, %d)".formatted(from, from + out.length, size()));
    }
  }

  @Override
  public void close() throws IOException {
    for (SafetensorsReader reader : readers) {
      reader.close();
    }
  }
}
