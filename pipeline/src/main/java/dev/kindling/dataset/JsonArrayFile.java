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
import java.util.function.Consumer;
import java.util.function.Function;

/** A file that is one JSON array of records. */
record JsonArrayFile(RecordFormat records) implements DataSetFormat {
  // Python writes a float that is no number as NaN; that is a bad record, not a bad file.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(LineLimit.factory())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  @Override
  public void read(
      InputStream file,
      String fileName,
      PromptStyle style,
      Function<RawExample, Optional<String>> examples,
      Consumer<Rejected> rejections)
      throws IOException {
    RecordSink sink = new RecordSink(fileName, records, style, examples, rejections);
    long index = 0;
    try (JsonParser parser = MAPPER.createParser(DataBytes.text(file, fileName))) {
      parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw sink.broken(index, "the file must be a JSON array of records", null);
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        sink.accept(index, MAPPER.<JsonNode>readTree(parser));
        index++;
      }
      if (parser.nextToken() != null) {
        throw sink.broken(index, "the file must end with its array of records", null);
      }
    } catch (JsonProcessingException e) {
      throw sink.broken(index, e);
    } catch (CharConversionException e) {
      throw sink.broken(index, e.getMessage(), e);
    }
  }
}
