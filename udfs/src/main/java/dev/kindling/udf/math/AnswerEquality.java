package dev.kindling.udf.math;

import dev.kindling.udf.math.Answer.Bag;
import dev.kindling.udf.math.Answer.Relation;
import dev.kindling.udf.math.Answer.Tuple;
import dev.kindling.udf.math.Answer.Union;
import dev.kindling.udf.math.Answer.Value;
import dev.kindling.udf.math.Answer.Words;
import java.util.List;
import java.util.Optional;

/** Whether an answer says the same as a gold answer, part by part. */
final class AnswerEquality {
  /** Longest list whose members are compared in any order. */
  private static final int MOST_PARTS = 100;

  private final ValueEquality values;

  AnswerEquality(Algebra algebra) {
    this.values = new ValueEquality(algebra);
  }

  boolean same(Answer gold, Answer answer) throws AlgebraFaultException {
    if (gold instanceof Bag bag && bag.parts().size() == 1) {
      return same(bag.parts().get(0), answer);
    }
    if (answer instanceof Bag bag && bag.parts().size() == 1) {
      return same(gold, bag.parts().get(0));
    }
    if (gold instanceof Relation relation) {
      return answer instanceof Relation other
          ? sameRelation(relation, other)
          : sameAsSolved(relation, answer);
    }
    if (answer instanceof Relation relation) {
      Optional<Answer> assigned = assigned(relation);
      return assigned.isPresent() && same(gold, assigned.get());
    }
    if (gold instanceof Value one && answer instanceof Value other) {
      return values.same(one, other);
    }
    if (gold instanceof Words one && answer instanceof Words other) {
      return one.text().equals(other.text());
    }
    if (gold instanceof Bag one && answer instanceof Bag other) {
      return sameMembers(one.parts(), other.parts());
    }
    if (gold instanceof Union one && answer instanceof Union other) {
      return sameMembers(one.parts(), other.parts());
    }
    return gold instanceof Tuple one && answer instanceof Tuple other && sameTuple(one, other);
  }

  /** Brackets tell intervals apart; around more than two members they say nothing. */
  private boolean sameTuple(Tuple gold, Tuple answer) throws AlgebraFaultException {
    boolean brackets = gold.open().equals(answer.open()) && gold.close().equals(answer.close());
    return (brackets || gold.parts().size() != 2) && sameInOrder(gold.parts(), answer.parts());
  }

  private boolean sameInOrder(List<Answer> gold, List<Answer> answer) throws AlgebraFaultException {
    if (gold.size() != answer.size()) {
      return false;
    }
    for (int i = 0; i < gold.size(); i++) {
      if (!same(gold.get(i), answer.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean sameMembers(List<Answer> gold, List<Answer> answer) throws AlgebraFaultException {
    if (gold.size() > MOST_PARTS || answer.size() > MOST_PARTS) {
      return sameInOrder(gold, answer);
    }
    boolean[] named = new boolean[answer.size()];
    for (Answer wanted : gold) {
      boolean found = false;
      for (int i = 0; i < named.length; i++) {
        // A member that is written twice is one; so those found already are looked at, too.
        if (!(found && named[i]) && same(wanted, answer.get(i))) {
          found = true;
          named[i] = true;
        }
      }
      if (!found) {
        return false;
      }
    }
    for (boolean each : named) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  private boolean sameRelation(Relation gold, Relation answer) throws AlgebraFaultException {
    if (gold.isEquation() != answer.isEquation()) {
      return false;
    }
    if (!gold.isEquation()) {
      return sameInequality(gold, answer);
    }
    Answer name = gold.sides().get(0);
    if (isName(name) && name.equals(answer.sides().get(0)) && same(last(gold), last(answer))) {
      return true;
    }
    // Sides in words are compared as words: not even algebra knows more of them.
    if (name.equals(answer.sides().get(0)) && last(gold).equals(last(answer))) {
      return true;
    }
    Optional<Expr> one = difference(gold);
    Optional<Expr> other = difference(answer);
    return one.isPresent()
        && other.isPresent()
        && values.proportional(one.get(), other.get(), false);
  }

  private boolean sameInequality(Relation gold, Relation answer) throws AlgebraFaultException {
    Optional<Intervals.Named> one = Intervals.of(gold);
    Optional<Intervals.Named> other = Intervals.of(answer);
    if (one.isPresent() && other.isPresent()) {
      return one.get().name().equals(other.get().name())
          && same(one.get().interval(), other.get().interval());
    }
    if (gold.sides().size() != 2 || answer.sides().size() != 2) {
      return gold.signs().equals(answer.signs()) && sameInOrder(gold.sides(), answer.sides());
    }
    String sign = gold.signs().get(0);
    boolean turned = sign.charAt(0) != answer.signs().get(0).charAt(0);
    boolean strict = sign.length() == answer.signs().get(0).length();
    Optional<Expr> left = difference(gold);
    Optional<Expr> right = difference(answer);
    if (!strict || left.isEmpty() || right.isEmpty() || (turned && sign.equals("!="))) {
      return false;
    }
    Expr oriented = turned ? Expr.negative(right.get()) : right.get();
    return values.proportional(left.get(), oriented, !sign.equals("!="));
  }

  /** A relation as gold, and an answer that gives only what it says of its variable. */
  private boolean sameAsSolved(Relation gold, Answer answer) throws AlgebraFaultException {
    if (!gold.isEquation()) {
      Optional<Intervals.Named> interval = Intervals.of(gold);
      return interval.isPresent() && same(interval.get().interval(), answer);
    }
    Optional<Answer> assigned = assigned(gold);
    return assigned.isPresent() && same(assigned.get(), answer);
  }

  /**
   * What an equation says that a name is: its last side that is no approximation, or the first of
   * {@code 5 = x}; empty where no side but that one is a name.
   */
  private static Optional<Answer> assigned(Relation relation) {
    if (!relation.isEquation()) {
      return Optional.empty();
    }
    List<Answer> sides = relation.sides();
    Answer last = last(relation);
    int at = sides.indexOf(last);
    if (sides.subList(0, at).stream().anyMatch(AnswerEquality::isName)) {
      return Optional.of(last);
    }
    return sides.size() == 2 && isName(last) ? Optional.of(sides.get(0)) : Optional.empty();
  }

  /** The last side behind an equals sign; the second where all are approximations. */
  private static Answer last(Relation relation) {
    int at = relation.signs().lastIndexOf("=");
    return relation.sides().get(at < 0 ? 1 : at + 1);
  }

  /** Whether a side only names a quantity: a symbol, a ratio or product of symbols, words. */
  private static boolean isName(Answer side) {
    return side instanceof Words
        || (side instanceof Value value && isName(value.expr()))
        || (side instanceof Tuple tuple && tuple.parts().stream().allMatch(AnswerEquality::isName));
  }

  private static boolean isName(Expr expr) {
    return (expr instanceof Expr.Sym symbol && !Parts.isConstant(symbol))
        || (expr instanceof Expr.Product product
            && product.factors().stream().allMatch(AnswerEquality::isName))
        || (expr instanceof Expr.Quotient quotient
            && isName(quotient.over())
            && isName(quotient.under()));
  }

  /** Left less right side; empty where a side is no expression. */
  private static Optional<Expr> difference(Relation relation) {
    return relation.sides().get(0) instanceof Value left && last(relation) instanceof Value right
        ? Optional.of(Expr.minus(left.expr(), right.expr()))
        : Optional.empty();
  }
}
