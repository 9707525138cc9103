package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.InvalidInputException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What the formats share: takes the records of one file in order, gives each to its consumer, and
 * knows where in the file an error lies.
 */
final class RecordSink {
  private final String fileName;
  private final RecordFormat records;
  private final PromptStyle style;
  private final Function<RawExample, Optional<String>> examples;
  private final Consumer<Rejected> rejections;
  private String lastId = "";

  RecordSink(
      String fileName,
      RecordFormat records,
      PromptStyle style,
      Function<RawExample, Optional<String>> examples,
      Consumer<Rejected> rejections) {
    this.fileName = fileName;
    this.records = records;
    this.style = style;
    this.examples = examples;
    this.rejections = rejections;
  }

  /**
   * Takes a record.
   *
   * @param index its place in the file, 0-based
   * @throws InvalidInputException if it is not an object, so that the file is not of the format
   */
  void accept(long index, JsonNode object) {
    if (!object.isObject()) {
      throw broken(index, "a record must be a JSON object", null);
    }
    RecordFields fields = new RecordFields(object, "");
    RawExample example;
    lastId = "";
    try {
      String id = records.id(index, fields);
      lastId = RecordFields.quoted(id);
      example = records.example(index, id, fields, style);
    } catch (InvalidInputException e) {
      rejections.accept(new Rejected(fileName, index, lastId, e.getMessage()));
      return;
    }
    String shown = lastId;
    // Outside the try: a consumer's own exception is not the record's fault.
    examples
        .apply(example)
        .ifPresent(reason -> rejections.accept(new Rejected(fileName, index, shown, reason)));
  }

  /** The error of a file that does not read as JSON from some record on. */
  InvalidInputException broken(long index, JsonProcessingException cause) {
    return broken(index, cause.getOriginalMessage(), cause);
  }

  /** The error of a file that is not of its format from some record on. */
  InvalidInputException broken(long index, String rule, Exception cause) {
    String last = lastId.isEmpty() ? "" : ", after id '" + lastId + "'";
    return new InvalidInputException(
        "Cannot read " + fileName + ": record " + index + last + " (" + rule + ")", cause);
  }
}
