package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.InvalidInputException;

/**
 * What the formats share: makes of the JSON records of one file what each comes to, and knows where
 * in the file an error lies.
 */
final class RecordMaker {
  private final String fileName;
  private final RecordFormat records;
  private final PromptStyle style;
  private String lastId = "";

  RecordMaker(String fileName, RecordFormat records, PromptStyle style) {
    this.fileName = fileName;
    this.records = records;
    this.style = style;
  }

  /**
   * Takes a record.
   *
   * @param index its place in the file, 0-based
   * @throws InvalidInputException if it is not an object, so that the file is not of the format
   */
  ReadRecord make(long index, JsonNode object) {
    if (!object.isObject()) {
      throw broken(index, "a record must be a JSON object", null);
    }
    RecordFields fields = new RecordFields(object, "");
    lastId = "";
    try {
      String id = records.id(index, fields);
      lastId = RecordFields.quoted(id);
      return records.example(index, id, fields, style);
    } catch (InvalidInputException e) {
      return new Rejected(fileName, index, lastId, e.getMessage());
    }
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
