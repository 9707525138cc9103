package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A file of records, one JSON object a line, blank lines passed over. A record's place in the file
 * is the number of its line, 0-based, blank ones counted.
 *
 * @param reader reads a line that is not blank
 */
record JsonLinesFile(RecordFormat records, LineReader reader) implements DataSetFormat {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(LineLimit.factory())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Makes a record of a line. */
  interface LineReader {
    /** Reads it. */
    JsonNode read(String line) throws IOException;
  }

  JsonLinesFile(RecordFormat records) {
    this(records, JsonLinesFile::tree);
  }

  /** The one value of a line. */
  static JsonNode tree(String line) throws IOException {
    return MAPPER.readTree(line);
  }

  @Override
  public void read(
      InputStream file,
      String fileName,
      PromptStyle style,
      Function<RawExample, Optional<String>> examples,
      Consumer<Rejected> rejections)
      throws IOException {
    RecordSink sink = new RecordSink(fileName, records, style, examples, rejections);
    BufferedReader lines = new BufferedReader(new LineLimit(DataBytes.text(file, fileName)));
    long index = 0;
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          sink.accept(index, reader.read(line));
        }
        index++;
      }
    } catch (LineLimit.Exceeded e) {
      throw sink.broken(index, e.getMessage(), e);
    } catch (JsonProcessingException e) {
      throw sink.broken(index, e);
    } catch (CharacterCodingException e) {
      throw sink.broken(index, "the file must be UTF-8", e);
    }
  }
}
