package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.hadoop.fs.ClusterStorageCapacityExceededException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.DiskChecker.DiskOutOfSpaceException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which failures of a file system are the user's mistake. */
class FileMistakeTest {
  static Stream<IOException> mistakes() {
    return Stream.of(
        new FileNotFoundException("/data/a.jsonl"),
        new NoSuchFileException("/data/a.jsonl"),
        new FileAlreadyExistsException("/runs"),
        new ParentNotDirectoryException("/runs"),
        new AccessControlException("user=me, access=WRITE"),
        new AccessDeniedException("s3a://bucket/runs"),
        new ClusterStorageCapacityExceededException("quota of /runs"),
        new DiskOutOfSpaceException("/tmp"),
        new IOException("write failed: No space left on device"),
        new IOException("/runs: Read-only file system"),
        new IOException("Mkdirs failed to create /runs/x"),
        new IOException("NoSuchBucket: The specified bucket does not exist (Status Code: 404)"));
  }

  static Stream<IOException> faults() {
    return Stream.of(
        new ConnectException("Call to namenode:8020 failed: Connection refused"),
        new SocketTimeoutException("60000 millis timeout"),
        new RemoteException("org.apache.hadoop.ipc.StandbyException", "not in state standby"),
        new IOException("Filesystem closed"),
        new IOException((String) null));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMissingPathADeniedPermissionAndAFullDiskAreTheUsersMistake(IOException failure)
      throws IOException {
    IOException told = new IOException("Cannot write /runs/x", failure);
    assertThat(FileMistake.of("Cannot write", told))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot write")
        .hasCause(told);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anyOtherFailureKeepsItsType(IOException failure) {
    assertThatThrownBy(() -> FileMistake.of("Cannot read", failure)).isSameAs(failure);
  }
}
