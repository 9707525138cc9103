package dev.kindling.row;

/**
 * A record of a data set that a run does not use.
 *
 * @param source the file, table or query that it came from, as messages call it
 * @param record place of the record in its file, 0-based: of JSON lines the line's; -1 in what
 *     Spark reads, whose rows have no order
 * @param id the record's id, of which the beginning is kept; empty when it has none that can be
 *     used
 * @param reason every violated rule, or which example it repeats
 * @param isDuplicate whether it repeats an example, and could be used
 */
public record LeftOutRow(
    String source, long record, String id, String reason, boolean isDuplicate) {
  /** The record as one line. */
  public String line() {
    return record < 0
        ? "%s (id '%s'): %s".formatted(source, id, reason)
        : "%s record %d (id '%s'): %s".formatted(source, record, id, reason);
  }
}
