package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Text in UTF-8 whose lines fit into memory: a small packed file may hold one that does not. */
final class LineLimit extends FilterReader {
  private static final int MOST_CHARS = 1 << 26;

  private long line;

  /** A line is too long. */
  static final class Exceeded extends IOException {
    private static final long serialVersionUID = 1L;

    Exceeded() {
      super("a line must have at most " + MOST_CHARS + " characters");
    }
  }

  LineLimit(InputStream in) {
    // A decoder of its own reports bytes that are not UTF-8; a charset would replace them.
    super(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
  }

  /** What reads texts as long as a line, so that one that is too long costs its record alone. */
  static JsonFactory factory() {
    return JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(MOST_CHARS).build())
        .build();
  }

  @Override
  public int read(char[] out, int offset, int length) throws IOException {
    int count = super.read(out, offset, length);
    for (int i = offset; i < offset + count; i++) {
      line = out[i] == '\n' || out[i] == '\r' ? 0 : line + 1;
      if (line > MOST_CHARS) {
        throw new Exceeded();
      }
    }
    return count;
  }
}
