package dev.kindling.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Another command in a process that is started as this one was, by submit.sh or otherwise. */
final class SameProcess {
  private SameProcess() {}

  /**
   * Runs it, without its output.
   *
   * @param own name of this command, behind which its arguments stand
   * @param arguments the other command and its arguments
   * @return seconds from its start to its end
   */
  static double seconds(String own, String... arguments) throws IOException {
    ProcessHandle.Info info = ProcessHandle.current().info();
    List<String> given = Arrays.asList(info.arguments().orElseThrow());
    List<String> command = new ArrayList<>();
    command.add(info.command().orElseThrow());
    command.addAll(given.subList(0, given.lastIndexOf(own)));
    command.addAll(List.of(arguments));
    long started = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            "The process ended with code " + code + ": " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a process is measured", e);
    }
    return (System.nanoTime() - started) / 1e9;
  }
}
