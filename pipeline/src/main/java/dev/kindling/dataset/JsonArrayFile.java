package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A file that is one JSON array of records. */
record JsonArrayFile(RecordFormat records) implements DataSetFormat {
  // Python writes a float that is no number as NaN; that is a bad record, not a bad file.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(LineLimit.factory())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  @Override
  public RecordReader open(InputStream file, String fileName, PromptStyle style)
      throws IOException {
    JsonParser parser = MAPPER.createParser(DataBytes.text(file, fileName));
    return new Elements(
        parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE),
        new RecordMaker(fileName, records, style));
  }

  /** An open file. */
  private static final class Elements implements RecordReader {
    private final JsonParser parser;
    private final RecordMaker maker;
    private long index;
    private boolean isBegun;

    Elements(JsonParser parser, RecordMaker maker) {
      this.parser = parser;
      this.maker = maker;
    }

    @Override
    public Optional<ReadRecord> next() throws IOException {
      try {
        if (!isBegun && parser.nextToken() != JsonToken.START_ARRAY) {
          throw maker.broken(index, "the file must be a JSON array of records", null);
        }
        isBegun = true;
        if (parser.nextToken() != JsonToken.END_ARRAY) {
          ReadRecord record = maker.make(index, MAPPER.<JsonNode>readTree(parser));
          index++;
          return Optional.of(record);
        }
        if (parser.nextToken() != null) {
          throw maker.broken(index, "the file must end with its array of records", null);
        }
        return Optional.empty();
      } catch (JsonProcessingException e) {
        throw maker.broken(index, e);
      } catch (CharConversionException e) {
        throw maker.broken(index, e.getMessage(), e);
      }
    }
  }
}
