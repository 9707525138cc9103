package dev.kindling.udf.math;

import dev.kindling.udf.math.Expr.Call;
import dev.kindling.udf.math.Expr.Num;
import dev.kindling.udf.math.Expr.Power;
import dev.kindling.udf.math.Expr.Quotient;
import dev.kindling.udf.math.Expr.Sym;
import dev.kindling.udf.math.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parts of a formula that are no sums, products or powers of others. */
final class AtomParser {
  private static final Expr HALF = new Num(new Rational(BigInteger.ONE, BigInteger.TWO), -1);

  private static final Map<String, String> CLOSING =
      Map.of("\\lfloor", "\\rfloor", "\\lceil", "\\rceil");

  private final ExprParser parser;
  private final Tokens tokens;

  /** Atoms that are arguments of one another, without a bracket between them. */
  private int nested;

  /** Digits of a number of which a command took the first. */
  private String rest = "";

  AtomParser(ExprParser parser, Tokens tokens) {
    this.parser = parser;
    this.tokens = tokens;
  }

  /** Whether a token may begin an atom. */
  boolean begins(Token token) {
    return switch (token.kind()) {
      case NUMBER, LETTER -> true;
      case WORD -> false;
      case SIGN -> token.is("(") || token.is("[") || token.is("{");
      case COMMAND ->
          token.is("\\frac")
              || token.is("\\sqrt")
              || token.is("\\binom")
              || token.is("\\begin")
              || CLOSING.containsKey(token.text())
              || symbol(token) != null
              || function(token) != null;
    };
  }

  private static Expr symbol(Token token) {
    return token.kind() == Kind.COMMAND ? Names.symbol(token.text().substring(1)) : null;
  }

  private static String function(Token token) {
    return token.kind() == Kind.COMMAND ? Names.function(token.text().substring(1)) : null;
  }

  /** Reads an atom. */
  Expr atom() throws UnreadableException {
    parser.requireShallow(++nested);
    Expr atom = anyAtom();
    nested--;
    return atom;
  }

  private Expr anyAtom() throws UnreadableException {
    Token token = parser.here();
    if (token == null) {
      throw new UnreadableException("the answer ends where something must follow");
    }
    int at = parser.at();
    if (token.kind() == Kind.NUMBER) {
      return number();
    }
    if (token.kind() == Kind.LETTER || symbol(token) != null) {
      parser.goTo(at + 1);
      return letter(token);
    }
    if (token.opens() && !token.is("\\{") && !token.is("\\lbrace")) {
      int close = tokens.matching(at);
      parser.goTo(close + 1);
      return parser.part(at + 1, close);
    }
    if (token.is("|")) {
      int close = tokens.next(at + 1, other -> other.is("|"));
      parser.goTo(close + 1);
      return new Call("abs", List.of(parser.part(at + 1, Math.min(close, tokens.size()))));
    }
    parser.goTo(at + 1);
    return command(token);
  }

  private Expr command(Token token) throws UnreadableException {
    if (token.is("\\frac")) {
      Expr over = group();
      return new Quotient(over, group());
    }
    if (token.is("\\binom")) {
      Expr over = group();
      return new Call("binomial", List.of(over, group()));
    }
    if (token.is("\\sqrt")) {
      return root();
    }
    if (CLOSING.containsKey(token.text())) {
      int from = parser.at();
      int close = tokens.next(from, other -> other.is(CLOSING.get(token.text())));
      parser.goTo(Math.min(close + 1, tokens.size()));
      return new Call(token.is("\\lfloor") ? "floor" : "ceil", List.of(parser.part(from, close)));
    }
    if (token.is("\\begin")) {
      return MatrixParser.read(parser, tokens);
    }
    String function = function(token);
    if (function == null) {
      throw new UnreadableException("unexpected '" + token.text() + "'");
    }
    return call(function);
  }

  /** Reads a number without what stands below it: in v^2_0 the 0 belongs to the v. */
  Expr plainNumber() throws UnreadableException {
    String digits = rest.isEmpty() ? parser.here().text() : rest;
    rest = "";
    parser.goTo(parser.at() + 1);
    return NumberText.value(digits);
  }

  private Expr number() throws UnreadableException {
    if (tokens.is(parser.at() + 1, "_")) {
      String digits = parser.here().text();
      parser.goTo(parser.at() + 2);
      int from = parser.at();
      int to = tokens.is(from, "{") ? tokens.matching(from) + 1 : from + 1;
      parser.goTo(to);
      return new Expr.Based(digits, inner(from, to));
    }
    return plainNumber();
  }

  /** The text of an argument without its braces. */
  private String inner(int from, int to) throws UnreadableException {
    if (to > tokens.size()) {
      throw new UnreadableException("the answer ends behind '_'");
    }
    return tokens.is(from, "{")
        ? tokens.range(from + 1, to - 1).text()
        : tokens.range(from, to).text();
  }

  /** An argument of a command: a group, or the next atom, of a number its first digit. */
  private Expr group() throws UnreadableException {
    Token token = parser.here();
    if (token != null && token.kind() == Kind.NUMBER) {
      String digits = rest.isEmpty() ? token.text() : rest;
      if (digits.length() > 1 && digits.chars().allMatch(Character::isDigit)) {
        // The rest stays to be read: the parser remains at this token.
        rest = digits.substring(1);
        return NumberText.value(digits.substring(0, 1));
      }
    }
    return parser.argument();
  }

  private Expr root() throws UnreadableException {
    Expr exponent = HALF;
    int at = parser.at();
    if (tokens.is(at, "[")) {
      int close = tokens.matching(at);
      exponent = new Quotient(Num.of(1), parser.part(at + 1, close));
      parser.goTo(close + 1);
    }
    return new Power(group(), exponent);
  }

  /** A variable or constant, with subscript and primes; f(x) is one variable. */
  private Expr letter(Token token) throws UnreadableException {
    if (symbol(token) instanceof Sym symbol && isConstant(symbol)) {
      return symbol;
    }
    String name = token.text();
    Expr.Sym symbol = new Sym(name.startsWith("\\") ? name.substring(1) : name);
    if (tokens.is(parser.at(), "_")) {
      symbol = subscripted(symbol);
    } else if (name.equals("e")) {
      return Sym.E;
    } else if (name.equals("i")) {
      return Sym.I;
    }
    while (parser.take("'")) {
      symbol = new Sym(symbol.name() + "'");
    }
    int at = parser.at();
    boolean applied =
        tokens.is(at, "(")
            && tokens.matching(at) == at + 2
            && (tokens.get(at + 1).kind() == Kind.LETTER
                || tokens.get(at + 1).kind() == Kind.NUMBER);
    if (applied) {
      parser.goTo(at + 3);
      return new Sym(symbol.name() + "(" + tokens.get(at + 1).text() + ")");
    }
    return symbol;
  }

  private static boolean isConstant(Sym symbol) {
    return symbol.equals(Sym.PI) || symbol.equals(Sym.INFINITY);
  }

  /** A symbol with the subscript that stands at this place. */
  Sym subscripted(Sym symbol) throws UnreadableException {
    int from = parser.at() + 1;
    int to = tokens.is(from, "{") ? tokens.matching(from) + 1 : from + 1;
    parser.goTo(to);
    return new Sym(symbol.name() + "_" + inner(from, to).replace("{", "").replace("}", ""));
  }

  private Expr call(String function) throws UnreadableException {
    Expr base = null;
    Expr exponent = null;
    if (parser.take("_")) {
      base = group();
    }
    if (parser.take("^")) {
      exponent = parser.argument();
    }
    if (base == null && parser.take("_")) {
      base = group();
    }
    boolean inverse = exponent instanceof Num num && num.value().equals(Rational.MINUS_ONE);
    String name = inverse && Names.function("arc" + function) != null ? "arc" + function : function;
    Expr value = applied(name, base, operand());
    return exponent == null || !name.equals(function) ? value : new Power(value, exponent);
  }

  private static Expr applied(String name, Expr base, Expr operand) {
    return switch (name) {
      case "log10" -> new Quotient(log(operand), log(Num.of(10)));
      case "log2" -> new Quotient(log(operand), log(Num.of(2)));
      case "exp" -> new Power(Sym.E, operand);
      default ->
          base == null
              ? new Call(name, List.of(operand))
              : new Quotient(new Call(name, List.of(operand)), new Call(name, List.of(base)));
    };
  }

  private static Expr log(Expr operand) {
    return new Call("log", List.of(operand));
  }

  /** What a function is of: one bracket, or the factors up to the next sign or function. */
  private Expr operand() throws UnreadableException {
    Token first = parser.here();
    if (first != null && (first.is("(") || first.is("{") || first.is("["))) {
      Expr inside = atom();
      if (!tokens.is(parser.at(), "^")) {
        return inside;
      }
      parser.take("^");
      return new Power(inside, parser.argument());
    }
    List<Expr> factors = new ArrayList<>();
    factors.add(parser.factor());
    while (parser.here() != null
        && begins(parser.here())
        && !parser.here().is("(")
        && function(parser.here()) == null) {
      factors.add(parser.factor());
    }
    return factors.size() == 1 ? factors.get(0) : new Expr.Product(factors);
  }
}
