package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is whole or absent, whatever the disk does. */
class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void theDigestOfWhatWasWrittenIsThatOfTheFile() throws IOException {
    StoredFile written = write(sound(), "abc");
    // The first test vector of FIPS 180-4.
    assertThat(written)
        .isEqualTo(
            new StoredFile(
                "target", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assertThat(Digests.sha256(sound(), target())).isEqualTo(written);
    assertThat(Sha256.of("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(written.sha256());
  }

  @Test
  void aFullDiskLeavesNothing() throws IOException {
    FileSystem disk = FaultyFileSystem.open(FaultyFileSystem.withBytesFree(2), folder);
    assertThatThrownBy(() -> write(disk, "abc"))
        .isInstanceOf(IOException.class)
        .hasMessage("Cannot write " + target() + ": java.io.IOException: No space left on device");
    assertThat(files()).isEmpty();
    assertThat(write(FaultyFileSystem.open(FaultyFileSystem.withBytesFree(3), folder), "abc"))
        .extracting(StoredFile::bytes)
        .isEqualTo(3L);
  }

  @Test
  void aFileSystemThatRefusesToRenameLeavesNothing() throws IOException {
    FileSystem disk = FaultyFileSystem.open(FaultyFileSystem.withoutRename(), folder);
    assertThatThrownBy(() -> write(disk, "abc"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot write " + target() + ": cannot rename");
    assertThat(files()).isEmpty();
  }

  @Test
  void aFaultOfTheWriterLeavesNothing() throws IOException {
    FileSystem disk = sound();
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    disk,
                    target(),
                    out -> {
                      out.write(1);
                      throw new IllegalStateException("one byte only");
                    }))
        .hasMessage("one byte only");
    assertThat(files()).isEmpty();
  }

  @Test
  void newContentTakesThePlaceOfOldAndAFullDiskLeavesTheOld() throws IOException {
    replace(sound(), "abc");
    replace(sound(), "de");
    assertThat(Files.readString(folder.resolve("target"))).isEqualTo("de");
    FileSystem disk = FaultyFileSystem.open(FaultyFileSystem.withBytesFree(2), folder);
    assertThatThrownBy(() -> replace(disk, "fgh"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device");
    assertThat(Files.readString(folder.resolve("target"))).isEqualTo("de");
    assertThat(files()).containsExactly("target");
  }

  @Test
  void aFileSystemOfTheOldInterfaceAloneReplacesToo() throws IOException {
    FileSystem old = FaultyFileSystem.open(FaultyFileSystem.withBytesFree(100), folder);
    replace(old, "abc");
    replace(old, "de");
    assertThat(Files.readString(folder.resolve("target"))).isEqualTo("de");
    assertThat(files()).containsExactly("target");
  }

  private void replace(FileSystem disk, String content) throws IOException {
    AtomicFile.replace(disk, target(), out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aRetriedTaskMayWriteTheSameAgain() throws IOException {
    StoredFile first = write(sound(), "abc");
    assertThat(write(sound(), "abc")).isEqualTo(first);
    assertThat(files()).containsExactly("target");
  }

  @Test
  void aTaskThatPublishesWhileAnotherWritesTheSameIsWelcome() throws IOException {
    FileSystem disk = FaultyFileSystem.open(FaultyFileSystem.withBytesFree(1000), folder);
    StoredFile written =
        AtomicFile.write(
            disk,
            target(),
            out -> {
              write(sound(), "abc");
              out.write("abc".getBytes(StandardCharsets.UTF_8));
            });
    assertThat(written.bytes()).isEqualTo(3);
    assertThat(files()).containsExactly("target");
  }

  @Test
  void otherContentUnderTheSameNameIsRefused() throws IOException {
    write(sound(), "abc");
    assertThatThrownBy(() -> write(sound(), "abcd"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot replace " + target() + ": it has 3 bytes with SHA-256 ba7816")
        .hasMessageContaining("the new content 4 bytes");
    assertThat(Files.readString(folder.resolve("target"))).isEqualTo("abc");
    assertThat(files()).containsExactly("target");
  }

  private StoredFile write(FileSystem disk, String content) throws IOException {
    return AtomicFile.write(
        disk, target(), out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private FileSystem sound() throws IOException {
    return FaultyFileSystem.open(FaultyFileSystem.sound(), folder);
  }

  private org.apache.hadoop.fs.Path target() {
    return new org.apache.hadoop.fs.Path(folder.resolve("target").toUri());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
