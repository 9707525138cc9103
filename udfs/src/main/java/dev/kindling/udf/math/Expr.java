package dev.kindling.udf.math;

import java.util.List;

/** An expression of an answer. */
sealed interface Expr {
  /**
   * A number as it was written.
   *
   * @param value its value
   * @param decimals digits behind its point; -1 for one without a point
   */
  record Num(Rational value, int decimals) implements Expr {
    static Num of(long value) {
      return new Num(Rational.of(value), -1);
    }
  }

  /**
   * A variable or a constant.
   *
   * @param name as written, with its subscript; {@link #PI}, {@link #E}, {@link #I} and {@link
   *     #INFINITY} are constants
   */
  record Sym(String name) implements Expr {
    static final Sym PI = new Sym("pi");
    static final Sym E = new Sym("e");
    static final Sym I = new Sym("i");
    static final Sym INFINITY = new Sym("infinity");
  }

  /** A sum of two or more terms. */
  record Sum(List<Expr> terms) implements Expr {}

  /** A product of two or more factors. */
  record Product(List<Expr> factors) implements Expr {}

  /** One expression over another. */
  record Quotient(Expr over, Expr under) implements Expr {}

  /** A power. */
  record Power(Expr base, Expr exponent) implements Expr {}

  /**
   * A function of its arguments.
   *
   * @param name one of {@link Names#FUNCTIONS}
   */
  record Call(String name, List<Expr> arguments) implements Expr {}

  /** A matrix; all rows have the same length. */
  record Matrix(List<List<Expr>> rows) implements Expr {}

  /** A number in a base other than ten, such as 204_5. */
  record Based(String digits, String base) implements Expr {}

  /** The expression with the other sign. */
  static Expr negative(Expr expr) {
    if (expr instanceof Num num) {
      return new Num(num.value().times(Rational.MINUS_ONE), num.decimals());
    }
    return new Product(List.of(Num.of(-1), expr));
  }

  /** A difference. */
  static Expr minus(Expr left, Expr right) {
    return new Sum(List.of(left, negative(right)));
  }
}
