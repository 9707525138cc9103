package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that grow, on file systems that append and on one that cannot. */
class GrownFileTest {
  @TempDir private Path temporary;

  private static FileSystem raw() throws IOException {
    RawLocalFileSystem raw = new RawLocalFileSystem();
    raw.initialize(URI.create("file:///"), new Configuration());
    return raw;
  }

  private static FileSystem withoutAppend() throws IOException {
    return new FilterFileSystem(raw()) {
      @Override
      public boolean hasPathCapability(org.apache.hadoop.fs.Path path, String capability)
          throws IOException {
        return !capability.equals(CommonPathCapabilities.FS_APPEND)
            && super.hasPathCapability(path, capability);
      }
    };
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsAppendedStandsBehindWhatWasThere() throws IOException {
    List<FileSystem> all =
        List.of(FileSystem.getLocal(new Configuration()), raw(), withoutAppend());
    for (int i = 0; i < all.size(); i++) {
      String name = "new " + i + "/file";
      GrownFile.append(all.get(i), path(name), bytes("one\n"));
      try (InputStream reader = Files.newInputStream(temporary.resolve(name))) {
        assertThat(reader.readAllBytes()).isEqualTo(bytes("one\n"));
        GrownFile.append(all.get(i), path(name), bytes("two\n"));
        // Who has the file open sees it grow, where it is the same file.
        assertThat(reader.readAllBytes()).isEqualTo(bytes(i < 2 ? "two\n" : ""));
      }
      assertThat(temporary.resolve(name)).hasContent("one\ntwo\n");
      GrownFile.cut(all.get(i), path(name), 4);
      assertThat(temporary.resolve(name)).hasContent("one\n");
      assertThat(temporary.resolve(name).getParent()).isDirectoryNotContaining("glob:**/.*");
    }
  }

  @Test
  void aFileIsNotCutToMoreThanItHas() throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration());
    GrownFile.append(local, path("file"), bytes("one"));
    assertThatThrownBy(() -> GrownFile.cut(local, path("file"), 5))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended 2 bytes early");
    assertThat(temporary.resolve("file")).hasContent("one");
  }
}
