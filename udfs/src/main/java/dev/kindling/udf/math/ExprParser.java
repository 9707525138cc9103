package dev.kindling.udf.math;

import dev.kindling.udf.math.Expr.Num;
import dev.kindling.udf.math.Expr.Product;
import dev.kindling.udf.math.Expr.Quotient;
import dev.kindling.udf.math.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens → an expression. Products bind from left to right and need no sign between them; of {@code
 * \pm} and {@code \mp} one reading is taken.
 */
final class ExprParser {
  private static final int DEEPEST = 40;

  private final Tokens tokens;
  private final boolean upper;
  private final AtomParser atoms;
  private final int depth;
  private int at;
  private int wraps;

  private ExprParser(Tokens tokens, boolean upper, int depth) {
    this.tokens = tokens;
    this.upper = upper;
    this.depth = depth;
    this.atoms = new AtomParser(this, tokens);
  }

  /**
   * Reads all tokens as one expression.
   *
   * @param upper whether {@code \pm} is read as plus and {@code \mp} as minus, or the other way
   * @throws UnreadableException if they are none
   */
  static Expr parse(Tokens tokens, boolean upper) throws UnreadableException {
    return parse(tokens, upper, 0);
  }

  /** Refuses what is nested so deeply that walking it would overflow the stack. */
  void requireShallow(int more) throws UnreadableException {
    if (depth + more > DEEPEST) {
      throw new UnreadableException("the answer is nested deeper than " + DEEPEST);
    }
  }

  private static Expr parse(Tokens tokens, boolean upper, int depth) throws UnreadableException {
    ExprParser parser = new ExprParser(tokens, upper, depth);
    parser.requireShallow(0);
    Expr expr = parser.sum();
    if (parser.at < tokens.size()) {
      throw new UnreadableException("unexpected '" + parser.here().text() + "'");
    }
    return expr;
  }

  /** Reads a part of the tokens. */
  Expr part(int begin, int end) throws UnreadableException {
    return parse(tokens.range(begin, end), upper, depth + 1);
  }

  Token here() {
    return tokens.peek(at);
  }

  int at() {
    return at;
  }

  void goTo(int index) {
    at = index;
  }

  boolean take(String sign) {
    boolean is = tokens.is(at, sign);
    at += is ? 1 : 0;
    return is;
  }

  private Expr sum() throws UnreadableException {
    List<Expr> terms = new ArrayList<>();
    terms.add(product(sign()));
    while (here() != null
        && (here().is("+") || here().is("-") || here().is("\\pm") || here().is("\\mp"))) {
      terms.add(product(sign()));
    }
    return terms.size() == 1 ? terms.get(0) : new Expr.Sum(terms);
  }

  /** Takes the signs before a term; true for minus. */
  private boolean sign() {
    boolean minus = false;
    while (true) {
      if (take("-")) {
        minus = !minus;
      } else if (take("\\pm")) {
        minus ^= !upper;
      } else if (take("\\mp")) {
        minus ^= upper;
      } else if (!take("+")) {
        return minus;
      }
    }
  }

  private Expr product(boolean minus) throws UnreadableException {
    Expr left = factor();
    while (here() != null) {
      if (take("*")) {
        boolean negative = sign();
        Expr right = factor();
        left = times(left, negative ? Expr.negative(right) : right);
      } else if (take("/")) {
        requireShallow(++wraps);
        boolean negative = sign();
        Expr right = factor();
        left = new Quotient(left, negative ? Expr.negative(right) : right);
      } else if (atoms.begins(here())) {
        left = beside(left);
      } else {
        break;
      }
    }
    return minus ? Expr.negative(left) : left;
  }

  /** Two factors without a sign: a product, or a whole number and a fraction less than one. */
  private Expr beside(Expr left) throws UnreadableException {
    boolean number = here().kind() == Kind.NUMBER;
    int before = at;
    if (number && tokens.get(at - 1).kind() == Kind.NUMBER && !isFraction(before)) {
      throw new UnreadableException("two numbers side by side");
    }
    Expr right = number && isFraction(before) ? slashed() : factor();
    boolean mixed =
        isWhole(left)
            && tokens.get(before - 1).kind() == Kind.NUMBER
            && right instanceof Quotient fraction
            && isWhole(fraction.over())
            && isWhole(fraction.under())
            && ((Num) fraction.over()).value().compareTo(((Num) fraction.under()).value()) < 0;
    if (mixed) {
      return new Expr.Sum(List.of(left, right));
    }
    if (number && tokens.get(before - 1).kind() == Kind.NUMBER) {
      throw new UnreadableException("two numbers side by side");
    }
    return times(left, right);
  }

  private boolean isFraction(int index) {
    return tokens.is(index + 1, "/")
        && index + 2 < tokens.size()
        && tokens.get(index + 2).kind() == Kind.NUMBER;
  }

  private Expr slashed() throws UnreadableException {
    Expr over = factor();
    take("/");
    return new Quotient(over, factor());
  }

  private static boolean isWhole(Expr expr) {
    return expr instanceof Num num && num.value().isInteger() && num.value().over().signum() >= 0;
  }

  private static Expr times(Expr left, Expr right) {
    if (left instanceof Product product) {
      List<Expr> factors = new ArrayList<>(product.factors());
      factors.add(right);
      return new Product(factors);
    }
    return new Product(List.of(left, right));
  }

  /** A factor with its power, factorials and percents. */
  Expr factor() throws UnreadableException {
    Expr base = atoms.atom();
    for (int own = 0; here() != null; own++) {
      requireShallow(own);
      if (take("^")) {
        Expr exponent = argument();
        if (tokens.is(at, "_") && base instanceof Expr.Sym symbol) {
          base = atoms.subscripted(symbol);
        }
        base = new Expr.Power(base, exponent);
      } else if (take("!")) {
        base = new Expr.Call("factorial", List.of(base));
      } else if (take("%")) {
        base = new Quotient(base, Num.of(100));
      } else {
        break;
      }
    }
    return base;
  }

  /** What stands behind {@code ^} or a command: a group, or one factor without its power. */
  Expr argument() throws UnreadableException {
    if (tokens.is(at, "{")) {
      int close = tokens.matching(at);
      Expr inside = part(at + 1, close);
      at = close + 1;
      return inside;
    }
    boolean minus = sign();
    Expr atom = here() != null && here().kind() == Kind.NUMBER ? atoms.plainNumber() : atoms.atom();
    return minus ? Expr.negative(atom) : atom;
  }
}
