package dev.kindling.io;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * One slice of a checkpoint: float32 master weights and AdamW's moments over a range of the flat
 * parameter vector, in one safetensors file. Plain gradient descent leaves the moments at zero.
 *
 * @param range which elements of the flat vector
 * @param step step that made these weights; 0 for a new policy
 * @param updates gradient updates so far, which AdamW's bias correction counts
 * @param parameters master weights, one for each element of {@code range}
 * @param firstMoment AdamW's mean of gradients, aligned with {@code parameters}
 * @param secondMoment AdamW's mean of squared gradients, aligned with {@code parameters}
 */
public record CheckpointSlice(
    SliceRange range,
    long step,
    long updates,
    float[] parameters,
    float[] firstMoment,
    float[] secondMoment) {
  static final String PARAMETERS = "parameters";
  private static final String FIRST_MOMENT = "first_moment";
  private static final String SECOND_MOMENT = "second_moment";
  private static final int PIECE = 1 << 18;
  private static final List<String> TENSORS = List.of(PARAMETERS, FIRST_MOMENT, SECOND_MOMENT);

  /** Refuses arrays that do not fill the range. */
  public CheckpointSlice {
    int length = range.length();
    Check check =
        new Check()
            .that(step >= 0, "slice.step", step, "must be >= 0")
            .that(updates >= 0, "slice.updates", updates, "must be >= 0");
    checkLength(check, PARAMETERS, parameters, length);
    checkLength(check, FIRST_MOMENT, firstMoment, length);
    checkLength(check, SECOND_MOMENT, secondMoment, length);
    check.done();
  }

  /**
   * Writes the slice; a second attempt that writes the same is welcome (see {@link AtomicFile}).
   *
   * @return length and digest, for the step's commit
   */
  public StoredFile write(FileSystem fileSystem, Path file) throws IOException {
    return AtomicFile.write(fileSystem, file, this::writeTo);
  }

  /**
   * Reads a whole slice.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static CheckpointSlice read(FileSystem fileSystem, Path file) throws IOException {
    try (SafetensorsReader reader = open(fileSystem, file)) {
      return new CheckpointSlice(
          range(reader, file),
          number(reader, file, "step"),
          number(reader, file, "updates"),
          reader.read(PARAMETERS),
          reader.read(FIRST_MOMENT),
          reader.read(SECOND_MOMENT));
    }
  }

  /**
   * Writes a slice of a policy that no update has changed: step 0, moments of zero. It is streamed,
   * so that no slice is ever held whole.
   *
   * @param policy the whole flat vector
   * @return length and digest, for the step's commit
   */
  public static StoredFile writeFirst(
      FileSystem fileSystem, Path file, SliceRange range, FloatSource policy) throws IOException {
    return AtomicFile.write(
        fileSystem,
        file,
        out -> {
          SafetensorsWriter writer = writer(out, range, 0, 0);
          copy(policy, range, writer);
          for (int moment = 0; moment < 2; moment++) {
            copy((from, zeros) -> Arrays.fill(zeros, 0), range, writer);
          }
          writer.finish();
        });
  }

  private static void copy(FloatSource source, SliceRange range, SafetensorsWriter writer)
      throws IOException {
    for (long from = range.from(); from < range.to(); from += PIECE) {
      float[] piece = new float[(int) Math.min(PIECE, range.to() - from)];
      source.read(from, piece);
      writer.append(piece, 0, piece.length);
    }
  }

  private void writeTo(OutputStream out) throws IOException {
    SafetensorsWriter writer = writer(out, range, step, updates);
    for (float[] values : List.of(parameters, firstMoment, secondMoment)) {
      writer.append(values, 0, values.length);
    }
    writer.finish();
  }

  private static SafetensorsWriter writer(
      OutputStream out, SliceRange range, long step, long updates) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("from", Long.toString(range.from()));
    metadata.put("to", Long.toString(range.to()));
    metadata.put("step", Long.toString(step));
    metadata.put("updates", Long.toString(updates));
    List<Long> shape = List.of((long) range.length());
    return new SafetensorsWriter(
        out,
        metadata,
        TENSORS.stream().map(name -> new TensorSpec(name, FloatType.F32, shape)).toList());
  }

  /** Opens a slice whose tensors are those of its range. */
  static SafetensorsReader open(FileSystem fileSystem, Path file) throws IOException {
    SafetensorsReader reader = SafetensorsReader.open(fileSystem, file);
    try {
      SliceRange range = range(reader, file);
      for (String name : TENSORS) {
        StoredTensor tensor = reader.tensor(name);
        if (!tensor.dtype().equals(FloatType.F32.name())) {
          throw new InvalidInputException(
              "Cannot read %s: tensor %s is %s, must be F32".formatted(file, name, tensor.dtype()));
        }
        if (!tensor.shape().equals(List.of((long) range.length()))) {
          throw new InvalidInputException(
              "Cannot read %s: tensor %s is %s, its range [%d, %d) has %d elements"
                  .formatted(file, name, tensor.shape(), range.from(), range.to(), range.length()));
        }
      }
      return reader;
    } catch (RuntimeException refused) {
      reader.close();
      throw refused;
    }
  }

  /** The range that an open slice says it has. */
  static SliceRange range(SafetensorsReader reader, Path file) {
    try {
      return new SliceRange(number(reader, file, "from"), number(reader, file, "to"));
    } catch (InvalidInputException refused) {
      throw new InvalidInputException("Cannot read " + file + ": " + refused.getMessage(), refused);
    }
  }

  private static long number(SafetensorsReader reader, Path file, String key) {
    String text = reader.metadata().get(key);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw new InvalidInputException(
          "metadata %s of %s is %s, must be an integer".formatted(key, file, text), notANumber);
    }
  }

  private static void checkLength(Check check, String name, float[] values, int length) {
    check.that(
        values.length == length,
        "length of " + name,
        values.length,
        "must be the slice's length, " + length);
  }
}
