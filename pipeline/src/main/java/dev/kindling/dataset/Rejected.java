package dev.kindling.dataset;

/**
 * A record that was left out; reading went on after it.
 *
 * @param file the file as the caller named it
 * @param record place of the record in the file, 0-based: of JSON lines the line's
 * @param id the record's id, the beginning of a long one; empty when it has none that can be used
 * @param reason every violated rule, each naming the field, the value and the rule
 */
public record Rejected(String file, long record, String id, String reason) {}
