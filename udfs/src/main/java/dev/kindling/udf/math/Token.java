package dev.kindling.udf.math;

/**
 * A piece of a formula.
 *
 * @param kind what it is
 * @param text a command with its backslash, a sign, a letter, a word, or a number as Java reads it
 */
record Token(Kind kind, String text) {
  /** Kinds of pieces. */
  enum Kind {
    NUMBER,
    LETTER,
    COMMAND,
    SIGN,
    WORD
  }

  boolean is(String sign) {
    return kind != Kind.WORD && text.equals(sign);
  }

  boolean opens() {
    return is("(") || is("[") || is("{") || is("\\{") || is("\\lbrace");
  }

  boolean closes() {
    return is(")") || is("]") || is("}") || is("\\}") || is("\\rbrace");
  }
}
