package dev.kindling.udf.math;

import dev.kindling.udf.math.Answer.Bag;
import dev.kindling.udf.math.Answer.Relation;
import dev.kindling.udf.math.Answer.Tuple;
import dev.kindling.udf.math.Answer.Union;
import dev.kindling.udf.math.Answer.Value;
import dev.kindling.udf.math.Answer.Words;
import dev.kindling.udf.math.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Tokens → what they say. */
final class AnswerParser {
  private static final int DEEPEST = 60;
  private static final Set<String> BESIDE_UNITS =
      Set.of("^", "{", "}", "/", "*", "-", ".", "(", ")");

  private AnswerParser() {}

  /** Reads an answer; one that is not understood is {@link Words}. */
  static Answer parse(List<Token> read) {
    List<Token> tokens = new ArrayList<>(read);
    while (!tokens.isEmpty() && isLoose(tokens.get(tokens.size() - 1))) {
      tokens.remove(tokens.size() - 1);
    }
    try {
      return parse(Tokens.of(tokens), 0);
    } catch (UnreadableException unreadable) {
      StringBuilder text = new StringBuilder();
      tokens.forEach(token -> text.append(token.text()));
      return new Words(text.toString().toLowerCase(Locale.ROOT));
    }
  }

  /** Whether a token says nothing where it is the last. */
  private static boolean isLoose(Token token) {
    return token.is(".") || token.is(",") || token.is(";") || token.is(":") || token.is("{");
  }

  private static Answer parse(Tokens tokens, int depth) throws UnreadableException {
    if (depth > DEEPEST) {
      throw new UnreadableException("the answer is nested deeper than " + DEEPEST);
    }
    List<Tokens> parts = split(tokens, AnswerParser::parts);
    if (parts.size() != 1 || (parts.get(0).size() < tokens.size() && !tokens.isBracketed())) {
      List<Answer> answers = new ArrayList<>();
      for (Tokens part : parts) {
        answers.add(parse(part, depth + 1));
      }
      return answers.size() == 1 ? answers.get(0) : new Bag(answers);
    }
    int in = tokens.next(0, token -> token.is("\\in"));
    if (in > 0 && in + 1 < tokens.size() && isSymbol(tokens, in)) {
      return parse(tokens.range(in + 1, tokens.size()), depth + 1);
    }
    List<Tokens> united = split(tokens, token -> token.is("\\cup"));
    if (united.size() > 1) {
      List<Answer> answers = new ArrayList<>();
      for (Tokens part : united) {
        answers.add(parse(part, depth + 1));
      }
      return new Union(answers);
    }
    if (tokens.next(0, AnswerParser::relates) < tokens.size()) {
      return relation(tokens, depth);
    }
    if (tokens.size() == 1 && tokens.is(0, "\\emptyset")) {
      return new Bag(List.of());
    }
    return tokens.isBracketed() ? bracketed(tokens, depth) : value(tokens, depth);
  }

  /** Whether what stands before a place is a symbol alone, with a subscript or without. */
  private static boolean isSymbol(Tokens tokens, int end) {
    Token first = tokens.get(0);
    boolean named =
        first.kind() == Kind.LETTER
            || (first.kind() == Kind.COMMAND && Names.symbol(first.text().substring(1)) != null);
    return named && (end == 1 || tokens.is(1, "_"));
  }

  private static boolean parts(Token token) {
    return token.is(",")
        || token.is(";")
        || (token.kind() == Kind.WORD && Names.AND.contains(token.text().toLowerCase(Locale.ROOT)));
  }

  private static boolean relates(Token token) {
    return token.kind() != Kind.WORD && Names.RELATIONS.containsKey(token.text());
  }

  private static List<Tokens> split(Tokens tokens, Predicate<Token> at) {
    List<Tokens> parts = new ArrayList<>();
    int from = 0;
    while (from <= tokens.size()) {
      int next = tokens.next(from, at);
      if (next > from) {
        parts.add(tokens.range(from, next));
      }
      from = next + 1;
    }
    return parts;
  }

  private static Answer relation(Tokens tokens, int depth) throws UnreadableException {
    List<Answer> sides = new ArrayList<>();
    List<String> signs = new ArrayList<>();
    int from = 0;
    while (from <= tokens.size()) {
      int next = tokens.next(from, AnswerParser::relates);
      sides.add(side(tokens.range(from, next), depth));
      if (next < tokens.size()) {
        signs.add(Names.RELATIONS.get(tokens.get(next).text()));
      }
      from = next + 1;
    }
    return new Relation(sides, signs);
  }

  private static Answer side(Tokens tokens, int depth) throws UnreadableException {
    if (tokens.isEmpty()) {
      throw new UnreadableException("a side of a relation is empty");
    }
    try {
      return parse(tokens, depth + 1);
    } catch (UnreadableException unreadable) {
      return new Words(tokens.text().toLowerCase(Locale.ROOT));
    }
  }

  private static Answer bracketed(Tokens tokens, int depth) throws UnreadableException {
    Tokens inside = tokens.inside();
    List<Tokens> parts = split(inside, token -> token.is(",") || token.is(";"));
    boolean curly = !tokens.is(0, "(") && !tokens.is(0, "[");
    boolean set = tokens.is(0, "\\{") || tokens.is(0, "\\lbrace") || (curly && parts.size() > 1);
    if (!set && parts.size() < 2) {
      return parse(inside, depth + 1);
    }
    List<Answer> answers = new ArrayList<>();
    for (Tokens part : parts) {
      answers.add(parse(part, depth + 1));
    }
    return set
        ? new Bag(answers)
        : new Tuple(tokens.get(0).text(), answers, tokens.get(tokens.size() - 1).text());
  }

  private static Answer value(Tokens tokens, int depth) throws UnreadableException {
    int word = tokens.next(0, token -> token.kind() == Kind.WORD);
    if (word == 0 || tokens.isEmpty()) {
      return new Words(tokens.text().toLowerCase(Locale.ROOT));
    }
    boolean percent = false;
    Tokens number = tokens;
    if (word < tokens.size()) {
      for (int i = word; i < tokens.size(); i++) {
        Token token = tokens.get(i);
        percent |= Names.PERCENT.contains(token.text());
        if (token.kind() == Kind.SIGN && !BESIDE_UNITS.contains(token.text())) {
          throw new UnreadableException("unexpected '" + token.text() + "'");
        }
      }
      number = tokens.range(0, word);
      if (number.is(word - 1, "%")) {
        throw new UnreadableException("words behind a percentage");
      }
    } else if (tokens.is(tokens.size() - 1, "%")) {
      percent = true;
      number = tokens.range(0, tokens.size() - 1);
    }
    if (number.isBracketed()) {
      return bracketed(number, depth);
    }
    int colon = number.next(0, token -> token.is(":"));
    if (colon < number.size()) {
      Expr over = ExprParser.parse(number.range(0, colon), true);
      Expr under = ExprParser.parse(number.range(colon + 1, number.size()), true);
      return Value.of(new Expr.Quotient(over, under));
    }
    Value upper = new Value(Matrices.folded(ExprParser.parse(number, true)), percent);
    if (number.contains("\\pm") || number.contains("\\mp")) {
      Expr lower = Matrices.folded(ExprParser.parse(number, false));
      return new Bag(List.of(upper, new Value(lower, percent)));
    }
    return upper;
  }
}
