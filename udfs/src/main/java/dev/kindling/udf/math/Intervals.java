package dev.kindling.udf.math;

import dev.kindling.udf.math.Answer.Relation;
import dev.kindling.udf.math.Answer.Tuple;
import dev.kindling.udf.math.Answer.Value;
import java.util.List;
import java.util.Optional;

/** Inequalities of one name as intervals. */
final class Intervals {
  private static final Answer INFINITY = Value.of(Expr.Sym.INFINITY);
  private static final Answer MINUS_INFINITY = Value.of(Expr.negative(Expr.Sym.INFINITY));

  private Intervals() {}

  /** An interval and what lies in it. */
  record Named(Expr name, Tuple interval) {}

  /** The interval of {@code a < x <= b} or {@code x < a}; empty for other inequalities. */
  static Optional<Named> of(Relation relation) {
    List<Answer> sides = relation.sides();
    List<String> signs = relation.signs();
    boolean rising = signs.stream().allMatch(sign -> sign.startsWith("<"));
    if (!rising && !signs.stream().allMatch(sign -> sign.startsWith(">"))) {
      return Optional.empty();
    }
    if (sides.size() == 3 && symbol(sides.get(1)).isPresent()) {
      Answer low = sides.get(rising ? 0 : 2);
      Answer high = sides.get(rising ? 2 : 0);
      boolean lowIn = signs.get(rising ? 0 : 1).endsWith("=");
      boolean highIn = signs.get(rising ? 1 : 0).endsWith("=");
      return Optional.of(new Named(symbol(sides.get(1)).get(), interval(low, lowIn, high, highIn)));
    }
    if (sides.size() != 2) {
      return Optional.empty();
    }
    boolean in = signs.get(0).endsWith("=");
    Optional<Expr> left = symbol(sides.get(0));
    Optional<Expr> right = symbol(sides.get(1));
    if (left.isPresent()) {
      return Optional.of(new Named(left.get(), ray(rising, sides.get(1), in)));
    }
    return right.map(name -> new Named(name, ray(!rising, sides.get(0), in)));
  }

  private static Tuple ray(boolean below, Answer end, boolean in) {
    return below ? interval(MINUS_INFINITY, false, end, in) : interval(end, in, INFINITY, false);
  }

  private static Tuple interval(Answer low, boolean lowIn, Answer high, boolean highIn) {
    return new Tuple(lowIn ? "[" : "(", List.of(low, high), highIn ? "]" : ")");
  }

  private static Optional<Expr> symbol(Answer side) {
    return side instanceof Value value
            && value.expr() instanceof Expr.Sym symbol
            && !Parts.isConstant(symbol)
        ? Optional.of(symbol)
        : Optional.empty();
  }
}
