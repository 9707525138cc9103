package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The weights of a checkpoint of two slices, elements 0 to 2 and 3 to 4. */
class CheckpointVectorTest {
  @TempDir private java.nio.file.Path folder;
  private FileSystem fileSystem;
  private List<Path> files;

  @BeforeEach
  void write() throws IOException {
    fileSystem = FileSystem.getLocal(new Configuration());
    files = List.of(slice("a", 0, 10, 11, 12), slice("b", 3, 13, 14));
  }

  private Path slice(String name, long from, float... values) throws IOException {
    Path file = new Path(folder.toUri().toString(), name);
    SliceRange range = new SliceRange(from, from + values.length);
    float[] moment = new float[values.length];
    new CheckpointSlice(range, 1, 1, values, moment, moment).write(fileSystem, file);
    return file;
  }

  @Test
  void aReadCrossesSlicesAndMayGoBack() throws IOException {
    try (CheckpointVector vector = CheckpointVector.open(fileSystem, files)) {
      assertThat(vector.size()).isEqualTo(5);
      float[] last = new float[3];
      vector.read(2, last);
      assertThat(last).containsExactly(12, 13, 14);
      float[] first = new float[1];
      vector.read(0, first);
      assertThat(first).containsExactly(10);
    }
  }

  @Test
  void aReadBeyondTheEndIsRefused() throws IOException {
    try (CheckpointVector vector = CheckpointVector.open(fileSystem, files)) {
      assertThatThrownBy(() -> vector.read(4, new float[2]))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("[4, 6) is not in [0, 5)");
    }
  }

  @Test
  void slicesThatLeaveAGapAreRefusedByName() throws IOException {
    Path late = slice("late", 4, 14);
    assertThatThrownBy(() -> CheckpointVector.open(fileSystem, List.of(files.get(0), late)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read " + late + ": it begins at element 4, must begin at 3");
  }
}
