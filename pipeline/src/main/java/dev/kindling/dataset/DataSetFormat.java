package dev.kindling.dataset;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A file format of data sets. Files are read as a stream, one record in memory at a time. */
public interface DataSetFormat {
  /**
   * Reads a file to its end, giving every record to one of two consumers in the order of the file.
   * A record without a question or a gold answer, or with a field of the wrong type is rejected.
   *
   * @param file the file's bytes, UTF-8 with or without a byte order mark; not closed
   * @param fileName how errors and rejections name the file
   * @param style what the prompt tells of the task
   * @param examples takes the records that are usable, and tells why one is rejected all the same
   * @param rejections takes the others
   * @throws InvalidInputException if the file is not of this format or ends too early, naming the
   *     file, the record and the last id that was read
   * @throws IOException if the bytes cannot be read
   */
  void read(
      InputStream file,
      String fileName,
      PromptStyle style,
      Function<RawExample, Optional<String>> examples,
      Consumer<Rejected> rejections)
      throws IOException;
}
