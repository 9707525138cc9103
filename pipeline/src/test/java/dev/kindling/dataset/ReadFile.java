package dev.kindling.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a reader made of a file.
 *
 * @param examples the usable records
 * @param rejections the others
 */
record ReadFile(List<RawExample> examples, List<Rejected> rejections) {
  static ReadFile of(String format, PromptStyle style, byte[] file) throws IOException {
    ReadFile read = new ReadFile(new ArrayList<>(), new ArrayList<>());
    RecordReader records =
        DataSets.valueOf(format.toUpperCase(Locale.ROOT).replace('-', '_'))
            .format()
            .orElseThrow()
            .open(new ByteArrayInputStream(file), "some.file", style);
    for (Optional<ReadRecord> next = records.next(); next.isPresent(); next = records.next()) {
      if (next.get() instanceof RawExample example) {
        read.examples.add(example);
      } else {
        read.rejections.add((Rejected) next.get());
      }
    }
    return read;
  }

  static ReadFile of(String format, PromptStyle style, String file) throws IOException {
    return of(format, style, file.getBytes(StandardCharsets.UTF_8));
  }

  static ReadFile of(String format, String file) throws IOException {
    return of(format, PromptStyle.COLD, file);
  }
}
