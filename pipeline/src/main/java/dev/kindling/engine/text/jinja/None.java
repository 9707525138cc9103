package dev.kindling.engine.text.jinja;

/** Python's {@code None}: a value, other than what is undefined. */
enum None {
  /** The only one. */
  NONE
}
