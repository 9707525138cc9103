package dev.kindling.template;

/** Python's {@code None}: a value, other than what is undefined. */
enum None {
  /** The only one. */
  NONE
}
