package dev.kindling.dataset;

import java.io.IOException;
import java.io.InputStream;

/** A file format of data sets. Files are read as a stream, in their order. */
public interface DataSetFormat {
  /**
   * Begins to read a file.
   *
   * @param file the file's bytes, UTF-8 with or without a byte order mark; not closed
   * @param fileName how errors and rejections name the file
   * @param style what the prompt tells of the task
   * @throws dev.kindling.check.InvalidInputException if the bytes are of another kind of file
   * @throws IOException if they cannot be read
   */
  RecordReader open(InputStream file, String fileName, PromptStyle style) throws IOException;
}
