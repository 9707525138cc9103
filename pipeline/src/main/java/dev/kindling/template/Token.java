package dev.kindling.template;

/**
 * A piece of a template.
 *
 * @param text data, a name or an operator as it is written, digits without underscores, the value
 *     of a text in quotes
 * @param line where it starts, from 1
 */
record Token(Kind kind, String text, int line) {
  /** What a token is. */
  enum Kind {
    /** Text that is written as it is. */
    DATA,
    /** The start of an expression that is printed. */
    PRINT,
    /** The start of a block. */
    BLOCK,
    NAME,
    TEXT,
    INTEGER,
    FLOAT,
    OPERATOR,
    /** The end of an expression or block. */
    END,
    /** The end of the template, which is the last token. */
    STOP
  }

  boolean is(Kind wanted) {
    return kind == wanted;
  }

  /** Whether this is a name or operator, and not a text in quotes. */
  boolean is(String word) {
    return (kind == Kind.NAME || kind == Kind.OPERATOR) && text.equals(word);
  }

  /** The token as a message shows it. */
  String shown() {
    StringBuilder shown = new StringBuilder();
    if (kind == Kind.TEXT) {
      Texts.quote(shown, text);
    } else {
      shown.append(kind == Kind.END ? "the end" : text);
    }
    return shown.toString();
  }
}
