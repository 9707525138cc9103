package dev.kindling.dataset;

import java.io.IOException;
import java.util.Optional;

/** The records of an open file, one in memory at a time. */
public interface RecordReader {
  /**
   * Reads the next record; empty behind the last. A record without a question or a gold answer, or
   * with a field of the wrong type is rejected.
   *
   * @throws dev.kindling.check.InvalidInputException if the file is not of its format or ends too
   *     early, naming the file, the record and the last id that was read
   * @throws IOException if the bytes cannot be read
   */
  Optional<ReadRecord> next() throws IOException;
}
