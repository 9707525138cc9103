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
  public RecordReader open(InputStream file, String fileName, PromptStyle style)
      throws IOException {
    return new Lines(
        new BufferedReader(new LineLimit(DataBytes.text(file, fileName))),
        new RecordMaker(fileName, records, style),
        reader);
  }

  /** An open file. */
  private static final class Lines implements RecordReader {
    private final BufferedReader lines;
    private final RecordMaker maker;
    private final LineReader reader;
    private long index;

    Lines(BufferedReader lines, RecordMaker maker, LineReader reader) {
      this.lines = lines;
      this.maker = maker;
      this.reader = reader;
    }

    @Override
    public Optional<ReadRecord> next() throws IOException {
      try {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (!line.isBlank()) {
            ReadRecord record = maker.make(index, reader.read(line));
            index++;
            return Optional.of(record);
          }
          index++;
        }
        return Optional.empty();
      } catch (LineLimit.Exceeded e) {
        throw maker.broken(index, e.getMessage(), e);
      } catch (JsonProcessingException e) {
        throw maker.broken(index, e);
      } catch (CharacterCodingException e) {
        throw maker.broken(index, "the file must be UTF-8", e);
      }
    }
  }
}
