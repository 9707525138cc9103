package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices cover the parameter vector exactly and come back bit for bit or not at all. */
class CheckpointSliceTest {
  @TempDir Path folder;

  @Test
  void tenParametersInFourSlicesAreThreeThreeTwoTwo() {
    assertThat(SliceRange.split(10, 4))
        .containsExactly(
            new SliceRange(0, 3),
            new SliceRange(3, 6),
            new SliceRange(6, 8),
            new SliceRange(8, 10));
  }

  @Property
  void slicesFollowEachOtherWithoutGapsAndDifferByAtMostOne(
      @ForAll @LongRange(min = 1, max = 1L << 38) long size,
      @ForAll @IntRange(min = 1000, max = 2000) int most) {
    int slices = (int) Math.min(size, most);
    List<SliceRange> ranges = SliceRange.split(size, slices);
    assertThat(ranges).hasSize(slices);
    assertThat(ranges.get(0).from()).isZero();
    assertThat(ranges.get(slices - 1).to()).isEqualTo(size);
    for (int i = 1; i < slices; i++) {
      assertThat(ranges.get(i).from()).isEqualTo(ranges.get(i - 1).to());
      assertThat(ranges.get(0).length() - ranges.get(i).length()).isBetween(0, 1);
    }
  }

  @Test
  void moreSlicesThanParametersAndSlicesTooLongForABlockAreRefused() {
    assertThatThrownBy(() -> SliceRange.split(3, 4))
        .hasMessage("Invalid trainer.slices: 4 (must be in [1, number of parameters = 3])");
    assertThatThrownBy(() -> SliceRange.split(1L << 33, 2))
        .hasMessageContaining("Invalid length of a slice: 4294967296 (must be <= 536869888");
    assertThatThrownBy(() -> new SliceRange(5, 5))
        .hasMessage("Invalid slice.to: 5 (must be > slice.from = 5)");
  }

  @Property(tries = 100)
  void everyValueOfASliceComesBack(
      @ForAll @Size(min = 1, max = 50) int[] bits,
      @ForAll @LongRange(min = 0, max = 1L << 50) long from,
      @ForAll @LongRange(min = 0) long updates)
      throws IOException {
    Path here = Files.createTempDirectory("slice");
    FileSystem fileSystem = FaultyFileSystem.open(FaultyFileSystem.sound(), here);
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(here.resolve("a.safetensors").toUri());
    float[] parameters = new float[bits.length];
    float[] first = new float[bits.length];
    float[] second = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      parameters[i] = Float.intBitsToFloat(bits[i]);
      first[i] = Float.intBitsToFloat(~bits[i]);
      second[i] = i;
    }
    SliceRange range = new SliceRange(from, from + bits.length);
    StoredFile written =
        new CheckpointSlice(range, 12, updates, parameters, first, second).write(fileSystem, file);
    CheckpointSlice read = CheckpointSlice.read(fileSystem, file);
    assertThat(Digests.sha256(fileSystem, file)).isEqualTo(written);
    assertThat(read.range()).isEqualTo(range);
    assertThat(read.step()).isEqualTo(12);
    assertThat(read.updates()).isEqualTo(updates);
    assertThat(read.parameters()).isEqualTo(parameters);
    assertThat(read.firstMoment()).isEqualTo(first);
    assertThat(read.secondMoment()).isEqualTo(second);
    fileSystem.delete(new org.apache.hadoop.fs.Path(here.toUri()), true);
  }

  @Test
  void aRetriedTaskWritesTheSameSliceAndAnotherIsRefused() throws IOException {
    StoredFile first = slice(1).write(fileSystem(), file());
    assertThat(slice(1).write(fileSystem(), file())).isEqualTo(first);
    assertThatThrownBy(() -> slice(2).write(fileSystem(), file()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot replace " + file());
    assertThat(CheckpointSlice.read(fileSystem(), file()).parameters()).containsExactly(1, 2);
  }

  @Test
  void aDiskThatFillsUpInTheMiddleLeavesNoSlice() throws IOException {
    long bytes = slice(1).write(fileSystem(), file()).bytes();
    fileSystem().delete(file(), false);
    FileSystem disk = FaultyFileSystem.open(FaultyFileSystem.withBytesFree(bytes - 1), folder);
    assertThatThrownBy(() -> slice(1).write(disk, file()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot write " + file())
        .hasMessageContaining("No space left on device");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSliceCutAtAnyByteIsRefusedByName() throws IOException {
    slice(1).write(fileSystem(), file());
    byte[] whole = Files.readAllBytes(local());
    for (int length = 0; length < whole.length; length++) {
      Damage.replace(local(), whole);
      Damage.truncate(local(), length);
      assertThatThrownBy(() -> CheckpointSlice.read(fileSystem(), file()))
          .as("cut to %d bytes", length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(file().toString());
    }
  }

  @Test
  void metadataThatDoesNotFitTheTensorsIsRefusedByName() throws IOException {
    slice(1).write(fileSystem(), file());
    String whole = new String(Files.readAllBytes(local()), StandardCharsets.ISO_8859_1);
    for (String[] change :
        new String[][] {
          {"\"to\":\"6\"", "\"to\":\"7\"", "tensor parameters is [2], its range [4, 7) has 3"},
          {"\"to\":\"6\"", "\"to\":\"4\"", "Invalid slice.to: 4 (must be > slice.from = 4)"},
          {"\"to\":\"6\"", "\"to\":\"x\"", "metadata to of " + file() + " is x"},
          {"\"step\"", "\"stop\"", "metadata step of " + file() + " is null, must be an integer"},
          {"\"first_moment\"", "\"worst_moment\"", "it has no tensor first_moment"},
        }) {
      String changed = whole.replace(change[0], change[1]);
      assertThat(changed).isNotEqualTo(whole);
      Damage.replace(local(), changed.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> CheckpointSlice.read(fileSystem(), file()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(file().toString())
          .hasMessageContaining(change[2]);
    }
  }

  @Test
  void arraysThatDoNotFillTheRangeAreRefused() {
    assertThatThrownBy(
            () ->
                new CheckpointSlice(
                    new SliceRange(0, 2), -1, 0, new float[2], new float[1], new float[3]))
        .hasMessage(
            """
            Invalid slice.step: -1 (must be >= 0)
            Invalid length of first_moment: 1 (must be the slice's length, 2)
            Invalid length of second_moment: 3 (must be the slice's length, 2)\
            """);
  }

  private static CheckpointSlice slice(float first) {
    return new CheckpointSlice(
        new SliceRange(4, 6),
        3,
        9,
        new float[] {first, 2},
        new float[] {0.5f, 0},
        new float[] {0.25f, 0});
  }

  private FileSystem fileSystem() throws IOException {
    return FaultyFileSystem.open(FaultyFileSystem.sound(), folder);
  }

  private Path local() {
    return folder.resolve("slice-00000-of-00001.safetensors");
  }

  private org.apache.hadoop.fs.Path file() {
    return new org.apache.hadoop.fs.Path(local().toUri());
  }

  @Test
  void aFirstSliceIsWrittenInPiecesWithMomentsOfZero() throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(folder.resolve("first.safetensors").toUri());
    // Element i of the policy is i; the slice is longer than one piece.
    SliceRange range = new SliceRange(300_001, 600_001);
    CheckpointSlice.writeFirst(
        files,
        file,
        range,
        (from, out) -> {
          for (int i = 0; i < out.length; i++) {
            out[i] = from + i;
          }
        });
    CheckpointSlice slice = CheckpointSlice.read(files, file);
    assertThat(slice.range()).isEqualTo(range);
    assertThat(slice.step()).isZero();
    assertThat(slice.updates()).isZero();
    for (int i = 0; i < range.length(); i++) {
      assertThat(slice.parameters()[i]).isEqualTo(300_001f + i);
    }
    assertThat(slice.firstMoment()).hasSize(300_000).containsOnly(0);
    assertThat(slice.secondMoment()).hasSize(300_000).containsOnly(0);
  }
}
