package dev.kindling.bench;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.FileMistake;
import dev.kindling.pretrained.ModelConfigFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A shape to measure. Its weights are random: what a step costs does not depend on their values.
 *
 * @param name as it stands in tables
 * @param config the shape
 */
public record BenchModel(String name, ModelConfig config) implements Serializable {
  // Slices of this many elements keep a task of the gradient step below 1 GiB of Java heap.
  private static final long SLICE_ELEMENTS = 32L << 20;
  private static final int FEWEST_SLICES = 4;
  private static final long LARGE = 100_000_000;

  /**
   * One of the shapes that come with Kindling.
   *
   * @param name {@code small} (4.7 M parameters) or {@code big} (0.47 B)
   */
  public static BenchModel named(String name) {
    String resource = name + ".json";
    try (InputStream in = BenchModel.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new InvalidInputException("Unknown shape: " + name + " (must be small or big)");
      }
      return new BenchModel(name, ModelConfigFile.parse(in.readAllBytes(), resource));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource + " of the jar", e);
    }
  }

  /**
   * The shape of a model folder.
   *
   * @throws InvalidInputException if it has no {@code config.json} that can be read
   */
  public static BenchModel of(Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    try {
      return new BenchModel(
          folder.toAbsolutePath().normalize().getFileName().toString(),
          ModelConfigFile.parse(Files.readAllBytes(file), file.toString()));
    } catch (IOException e) {
      throw FileMistake.of("Cannot read " + file + ": " + e, e);
    }
  }

  /** Number of parameters. */
  public long parameters() {
    return ParameterLayout.of(config).size();
  }

  /** Whether a task is measured with few rows, so that a table takes minutes at most. */
  boolean isLarge() {
    return parameters() > LARGE;
  }

  /** Into how many slices its checkpoint is cut. */
  public int slices() {
    return (int) Math.max(FEWEST_SLICES, (parameters() + SLICE_ELEMENTS - 1) / SLICE_ELEMENTS);
  }
}
