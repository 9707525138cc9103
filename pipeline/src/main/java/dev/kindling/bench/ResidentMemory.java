package dev.kindling.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of this process as Linux counts it. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  // Makes the peak start anew from the present size (proc_pid_clear_refs(5)).
  private static final String RESET_PEAK = "5";
  private static final long KIB = 1024;

  private ResidentMemory() {}

  /** Bytes in memory now. */
  public static long now() {
    return read("VmRSS:");
  }

  /** The most bytes in memory since {@link #resetPeak}. */
  public static long peak() {
    return read("VmHWM:");
  }

  /**
   * Lets {@link #peak} start anew.
   *
   * @throws IllegalStateException where the system does not let a process do that
   */
  public static void resetPeak() {
    try {
      Files.writeString(CLEAR, RESET_PEAK);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot reset the peak of resident memory: " + e, e);
    }
  }

  private static long read(String key) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(key)) {
          return KIB * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + STATUS + " (Linux only): " + e, e);
    }
    throw new IllegalStateException("No " + key + " in " + STATUS + " (Linux only)");
  }
}
