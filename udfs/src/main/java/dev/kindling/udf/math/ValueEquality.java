package dev.kindling.udf.math;

import dev.kindling.udf.math.Expr.Num;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Whether two expressions have the same value: exact where both are rational, else by their values
 * in double precision, which show most differences, and what those leave open by algebra.
 */
final class ValueEquality {
  /** Relative difference above which two values in double precision are not the same. */
  private static final double CLOSE = 1e-7;

  /** Decimals from which a decimal may stand for a number that it only rounds. */
  private static final int ROUNDING_DECIMALS = 6;

  private static final Num HUNDREDTH =
      new Num(new Rational(BigInteger.ONE, BigInteger.valueOf(100)), -1);

  private final Algebra algebra;

  ValueEquality(Algebra algebra) {
    this.algebra = algebra;
  }

  /** The same, and where one of them alone is a percentage, as a number or as a hundredth of it. */
  boolean same(Answer.Value gold, Answer.Value answer) throws AlgebraFaultException {
    if (same(gold.expr(), answer.expr())) {
      return true;
    }
    if (gold.percent() == answer.percent()) {
      return false;
    }
    return gold.percent()
        ? same(hundredth(gold.expr()), answer.expr())
        : same(gold.expr(), hundredth(answer.expr()));
  }

  private static Expr hundredth(Expr expr) {
    return new Expr.Product(List.of(expr, HUNDREDTH));
  }

  /** Whether two expressions have the same value for all values of their variables. */
  boolean same(Expr one, Expr other) throws AlgebraFaultException {
    if (one.equals(other)) {
      return true;
    }
    if (one instanceof Expr.Matrix a && other instanceof Expr.Matrix b) {
      return sameCells(a, b);
    }
    if (!isPlain(one) || !isPlain(other)) {
      return false;
    }
    Optional<Rational> exact = Exact.value(one);
    Optional<Rational> otherExact = Exact.value(other);
    if (exact.isPresent() && otherExact.isPresent() && exact.equals(otherExact)) {
      return true;
    }
    if (isRounded(one, other) || isRounded(other, one)) {
      return true;
    }
    return !(exact.isPresent() && otherExact.isPresent())
        && mayBeSame(one, other)
        && algebraically(one, other);
  }

  private boolean sameCells(Expr.Matrix one, Expr.Matrix other) throws AlgebraFaultException {
    if (one.rows().size() != other.rows().size()
        || one.rows().get(0).size() != other.rows().get(0).size()) {
      return false;
    }
    for (int row = 0; row < one.rows().size(); row++) {
      for (int column = 0; column < one.rows().get(0).size(); column++) {
        if (!same(one.rows().get(row).get(column), other.rows().get(row).get(column))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether arithmetic and algebra are of use: infinity and numbers in a base have only a name. */
  private static boolean isPlain(Expr expr) {
    return !(expr instanceof Expr.Matrix)
        && !(expr instanceof Expr.Based)
        && !expr.equals(Expr.Sym.INFINITY)
        && Parts.of(expr).stream().allMatch(ValueEquality::isPlain);
  }

  /** Whether a decimal of six or more decimals is what rounding the other number gives. */
  private static boolean isRounded(Expr decimal, Expr number) {
    if (!(unsigned(decimal) instanceof Num num)
        || num.decimals() < ROUNDING_DECIMALS
        || unsigned(number) instanceof Num) {
      return false;
    }
    Rational half =
        new Rational(BigInteger.ONE, BigInteger.TEN.pow(num.decimals()).multiply(BigInteger.TWO));
    Optional<Rational> value = Exact.value(decimal);
    Optional<Rational> exact = Exact.value(number);
    if (value.isPresent() && exact.isPresent()) {
      Rational gap = value.get().plus(exact.get().times(Rational.MINUS_ONE)).abs();
      return gap.compareTo(half) <= 0;
    }
    if (value.isEmpty() || !Parts.isConstant(number)) {
      return false;
    }
    Complex close = Probe.at(number, 0);
    double written = value.get().toDouble();
    double bound = Math.max(half.toDouble() * (1 + 1e-9), 4 * Math.ulp(written));
    return close.minus(new Complex(written, 0)).abs() <= bound;
  }

  private static Expr unsigned(Expr expr) {
    boolean negated =
        expr instanceof Expr.Product product
            && product.factors().size() == 2
            && product.factors().get(0).equals(Num.of(-1));
    return negated ? ((Expr.Product) expr).factors().get(1) : expr;
  }

  /** False only if the values differ. */
  private static boolean mayBeSame(Expr one, Expr other) {
    boolean open = Parts.hasOpenValue(one) || Parts.hasOpenValue(other);
    for (int place = 0; place < Probe.PLACES; place++) {
      Complex a = Probe.at(one, place);
      Complex b = Probe.at(other, place);
      if (a.isFinite() && b.isFinite()) {
        if (a.minus(b).abs() > CLOSE * Math.max(a.abs(), b.abs())) {
          return false;
        }
      } else if (!open) {
        // A number too large for doubles, or none at all: equal only to what is written like it.
        return false;
      }
    }
    return true;
  }

  /** Whether algebra finds them equal. */
  boolean algebraically(Expr one, Expr other) throws AlgebraFaultException {
    AlgebraText text = new AlgebraText();
    return algebra.areEqual(text.of(one), text.of(other));
  }

  /**
   * Whether one expression is a constant, rational multiple of another, as the differences of the
   * two sides of the same equation are.
   *
   * @param positive whether the constant must be positive, as with inequalities
   */
  boolean proportional(Expr one, Expr other, boolean positive) throws AlgebraFaultException {
    double ratio = Double.NaN;
    for (int place = 0; place < Probe.PLACES; place++) {
      Complex quotient = Probe.at(one, place).over(Probe.at(other, place));
      boolean same =
          Double.isNaN(ratio) || Math.abs(quotient.re() - ratio) <= CLOSE * Math.abs(ratio);
      if (!quotient.isFinite() || Math.abs(quotient.im()) > CLOSE * quotient.abs() || !same) {
        return false;
      }
      ratio = quotient.re();
    }
    if (ratio == 0 || (positive && ratio < 0)) {
      return false;
    }
    Optional<Rational> factor = Fractions.near(ratio);
    return factor.isPresent()
        && algebraically(one, new Expr.Product(List.of(new Num(factor.get(), -1), other)));
  }
}
