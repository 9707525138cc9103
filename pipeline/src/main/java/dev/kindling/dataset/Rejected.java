package dev.kindling.dataset;

/**
 * A record that was left out; reading went on after it.
 *
 * @param file the file as the caller named it
 * @param record place of the record in the file, 0-based: of JSON lines the line's
 * @param id the record's id, of which the beginning is kept; empty when it has none that can be
 *     used
 * @param reason every violated rule, each naming the field, the value and the rule; or which
 *     example it repeats
 */
public record Rejected(String file, long record, String id, String reason) implements ReadRecord {
  /** Cuts a long id. */
  public Rejected {
    id = RecordFields.quoted(id);
  }
}
