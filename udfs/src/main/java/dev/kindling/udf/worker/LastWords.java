package dev.kindling.udf.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * The error output of a process: read to its end, of which the last line that begins at the margin
 * is kept. That is what a program of Java or Python says last above or below its stack.
 */
final class LastWords {
  private static final int LONGEST = 500;
  private static final int PIECE = 1 << 13;

  private final Thread reading;
  private String line = "";

  /** Reads what a process says until it ends. */
  LastWords(InputStream errors) {
    reading = new Thread(() -> read(errors), "kindling-verifier-errors");
    reading.setDaemon(true);
    reading.start();
  }

  private void read(InputStream errors) {
    StringBuilder current = new StringBuilder();
    try (Reader reader = new InputStreamReader(errors, StandardCharsets.UTF_8)) {
      char[] piece = new char[PIECE];
      for (int length = reader.read(piece); length >= 0; length = reader.read(piece)) {
        for (int i = 0; i < length; i++) {
          if (piece[i] == '\n') {
            keep(current);
          } else if (current.length() < LONGEST) {
            current.append(piece[i]);
          }
        }
      }
    } catch (IOException e) {
      // The process was stopped; what it said so far is what there is.
    }
    keep(current);
  }

  private synchronized void keep(StringBuilder current) {
    if (!current.isEmpty() && !Character.isWhitespace(current.charAt(0))) {
      line = current.toString().strip();
    }
    current.setLength(0);
  }

  /** That line; empty if there was none. Waits a moment for a process that is just ending. */
  String line() {
    try {
      reading.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return line;
    }
  }
}
