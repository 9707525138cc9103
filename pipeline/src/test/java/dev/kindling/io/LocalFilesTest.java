package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local files have the permissions that Hadoop gives them, and no program is started for it. */
class LocalFilesTest {
  @TempDir java.nio.file.Path folder;

  private FileSystem fileSystem;

  @BeforeEach
  void open() throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.set(LocalFiles.SETTING, LocalFiles.class.getName());
    hadoop.set("fs.permissions.umask-mode", "027");
    fileSystem = FileSystem.newInstance(URI.create("file:///"), hadoop);
  }

  private String permissions(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }

  private void write(String name) throws IOException {
    try (FSDataOutputStream out = fileSystem.create(new Path(folder.toString(), name))) {
      out.write(new byte[] {1, 2, 3});
    }
  }

  @Test
  void filesAndFoldersHaveWhatTheMaskLeaves() throws IOException {
    write("some");
    FileSystem.mkdirs(fileSystem, new Path(folder.toString(), "any"), new FsPermission("0755"));
    assertThat(permissions("some")).isEqualTo("rw-r-----");
    assertThat(permissions("any")).isEqualTo("rwxr-xr-x");
    fileSystem.setPermission(new Path(folder.toString(), "some"), new FsPermission("0400"));
    assertThat(permissions("some")).isEqualTo("r--------");
  }

  @Test
  void aStickyBitIsSetAsWell() throws IOException {
    Path any = new Path(folder.toString(), "any");
    fileSystem.mkdirs(any);
    fileSystem.setPermission(any, new FsPermission("1777"));
    assertThat(fileSystem.getFileStatus(any).getPermission()).isEqualTo(new FsPermission("1777"));
  }

  @Test
  void nothingStandsBesideAFileSoThatOneEditedByHandIsRead() throws IOException {
    write("some");
    Files.write(folder.resolve("some"), new byte[] {4, 5});
    try (Stream<java.nio.file.Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("some"));
    }
    try (FSDataInputStream in = fileSystem.open(new Path(folder.toString(), "some"))) {
      assertThat(in.readAllBytes()).containsExactly(4, 5);
    }
  }

  @Test
  void noProgramIsStartedToMakeFiles() throws IOException {
    java.nio.file.Path recorded = folder.resolve("recorded.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ProcessStart");
      recording.start();
      write("some");
      fileSystem.mkdirs(new Path(folder.toString(), "any"), new FsPermission("0755"));
      recording.stop();
      recording.dump(recorded);
    }
    List<RecordedEvent> started = RecordingFile.readAllEvents(recorded);
    assertThat(started.stream().map(event -> event.getString("command"))).isEmpty();
  }
}
