package dev.kindling.template;

import dev.kindling.template.Token.Kind;
import java.util.List;
import java.util.StringJoiner;

/** Goes through the tokens of a template. */
class TokenReader {
  /** Most characters of a faulty expression in a message. */
  private static final int MOST_SHOWN = 200;

  private final List<Token> tokens;
  private int at;

  /**
   * Before the first token.
   *
   * @param tokens of a template, with their last
   */
  TokenReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  /** Passes over a token; the last one stays. */
  Token next() {
    Token token = current();
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean at(Kind kind) {
    return current().is(kind);
  }

  boolean at(String word) {
    return current().is(word);
  }

  boolean isNext(String word) {
    return tokens.get(Math.min(at + 1, tokens.size() - 1)).is(word);
  }

  /** Passes over a word, if it is the current one. */
  boolean take(String word) {
    if (at(word)) {
      next();
      return true;
    }
    return false;
  }

  void require(String word) {
    if (!take(word)) {
      throw unexpected(word);
    }
  }

  String name() {
    return require(Kind.NAME, "a name").text();
  }

  /** Passes over the end of an expression or block. */
  void end() {
    require(Kind.END, "the end");
  }

  private Token require(Kind kind, String expected) {
    if (!at(kind)) {
      throw unexpected(expected);
    }
    return next();
  }

  /** What is wrong where the current token is not what the grammar has there. */
  TemplateFault unexpected(String expected) {
    int start = at;
    while (!tokens.get(start).is(Kind.PRINT) && !tokens.get(start).is(Kind.BLOCK)) {
      start--;
    }
    StringJoiner words = new StringJoiner(" ");
    for (int i = start + 1; !tokens.get(i).is(Kind.END) && words.length() <= MOST_SHOWN; i++) {
      words.add(tokens.get(i).shown());
    }
    return new TemplateFault(
        "has a syntax error in '%s' in line %d: found %s, expected %s"
            .formatted(cut(words.toString()), current().line(), cut(current().shown()), expected));
  }

  private static String cut(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
  }
}
