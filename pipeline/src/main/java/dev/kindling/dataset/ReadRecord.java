package dev.kindling.dataset;

/** What a record of a file came to: an example, or the reason why it is none. */
public sealed interface ReadRecord permits RawExample, Rejected {
  /** Place of the record in the file, 0-based: of JSON lines the line's. */
  long record();
}
