package dev.kindling.dataset;

import dev.kindling.check.InvalidInputException;

/** What the records of a data set hold, whatever their file looks like. */
interface RecordFormat {
  /**
   * A record's id, which data sets keep unique within a file.
   *
   * @param record place of the record in the file, 0-based
   * @throws InvalidInputException if it has none
   */
  default String id(long record, RecordFields fields) {
    return fields.text("id");
  }

  /**
   * Makes an example of a record.
   *
   * @throws InvalidInputException naming what of the record cannot be used
   */
  RawExample example(long record, String id, RecordFields fields, PromptStyle style);
}
