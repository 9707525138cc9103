package dev.kindling.udf.math;

import dev.kindling.udf.math.Token.Kind;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Tokens in order, of which a range can be taken, with the brackets matched once. */
final class Tokens {
  private final List<Token> tokens;
  private final int[] matching;
  private final int from;
  private final int to;

  private Tokens(List<Token> tokens, int[] matching, int from, int to) {
    this.tokens = tokens;
    this.matching = matching;
    this.from = from;
    this.to = to;
  }

  /**
   * Matches the brackets. A round one may close a square one, as intervals have them.
   *
   * @throws UnreadableException if a bracket has no other
   */
  static Tokens of(List<Token> tokens) throws UnreadableException {
    int[] matching = new int[tokens.size()];
    int[] open = new int[tokens.size()];
    int depth = 0;
    for (int i = 0; i < matching.length; i++) {
      matching[i] = -1;
      if (tokens.get(i).opens()) {
        open[depth++] = i;
      } else if (tokens.get(i).closes()) {
        if (depth == 0 || isCurly(tokens.get(open[depth - 1])) != isCurly(tokens.get(i))) {
          throw new UnreadableException("a bracket has no other");
        }
        matching[i] = open[--depth];
        matching[matching[i]] = i;
      }
    }
    if (depth > 0) {
      throw new UnreadableException("a bracket is not closed");
    }
    return new Tokens(tokens, matching, 0, matching.length);
  }

  private static boolean isCurly(Token token) {
    return !(token.is("(") || token.is(")") || token.is("[") || token.is("]"));
  }

  int size() {
    return to - from;
  }

  boolean isEmpty() {
    return to == from;
  }

  Token get(int index) {
    return tokens.get(from + index);
  }

  /** The token at a place; null behind the last. */
  Token peek(int index) {
    return index < size() ? get(index) : null;
  }

  boolean is(int index, String sign) {
    return index >= 0 && index < size() && get(index).is(sign);
  }

  /** Index of the bracket that belongs to the one at a place; -1 if there is none there. */
  int matching(int index) {
    int other = matching[from + index];
    return other < from || other >= to ? -1 : other - from;
  }

  Tokens range(int begin, int end) {
    return new Tokens(tokens, matching, from + begin, from + end);
  }

  /** Index of the next token outside of brackets and environments that fits; size if none does. */
  int next(int begin, Predicate<Token> wanted) {
    int depth = 0;
    for (int i = begin; i < size(); i++) {
      Token token = get(i);
      if (depth == 0 && wanted.test(token)) {
        return i;
      }
      if (token.is("\\begin")) {
        depth++;
      } else if (token.is("\\end")) {
        depth--;
      }
      if (token.opens()) {
        i = matching(i);
      }
    }
    return size();
  }

  /** Whether one pair of brackets holds all of it. */
  boolean isBracketed() {
    return size() >= 2 && get(0).opens() && matching(0) == size() - 1;
  }

  /** What stands between the outer brackets. */
  Tokens inside() {
    return range(1, size() - 1);
  }

  /** Whether a command is anywhere in it. */
  boolean contains(String command) {
    return tokens.subList(from, to).stream().anyMatch(token -> token.is(command));
  }

  /** All of it as one text, by which equal writings are told. */
  String text() {
    return tokens.subList(from, to).stream()
        .map(token -> token.kind() == Kind.WORD ? " " + token.text() : token.text())
        .collect(Collectors.joining())
        .strip();
  }
}
