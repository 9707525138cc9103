package dev.kindling.udf.math;

import dev.kindling.udf.math.Expr.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/** Sums and products of matrices, as matrices. */
final class Matrices {
  private static final int MOST_CELLS = 400;

  private Matrices() {}

  /**
   * An expression whose outermost sums and products of matrices are computed.
   *
   * @throws UnreadableException if shapes do not fit, or the matrices are larger than is computed
   */
  static Expr folded(Expr expr) throws UnreadableException {
    if (expr instanceof Expr.Sum sum && sum.terms().stream().anyMatch(Matrices::holds)) {
      return fold(sum.terms(), Matrices::plus);
    }
    if (expr instanceof Expr.Product product
        && product.factors().stream().anyMatch(Matrices::holds)) {
      return fold(product.factors(), Matrices::times);
    }
    return expr;
  }

  private static boolean holds(Expr expr) {
    return expr instanceof Matrix
        || (expr instanceof Expr.Product product
            && product.factors().stream().anyMatch(Matrices::holds));
  }

  private static Expr fold(List<Expr> parts, BinaryOperator<Expr> step) throws UnreadableException {
    Expr result = null;
    for (Expr part : parts) {
      Expr next = folded(part);
      result = result == null ? next : step.apply(result, next);
      if (result == null || (result instanceof Matrix matrix && cells(matrix) > MOST_CELLS)) {
        throw new UnreadableException("matrices whose shapes do not fit");
      }
    }
    return result;
  }

  private static int cells(Matrix matrix) {
    return matrix.rows().size() * matrix.rows().get(0).size();
  }

  /** The sum; null where shapes differ. */
  private static Expr plus(Expr left, Expr right) {
    if (!(left instanceof Matrix a) || !(right instanceof Matrix b)) {
      return null;
    }
    if (a.rows().size() != b.rows().size() || width(a) != width(b)) {
      return null;
    }
    return matrix(
        a.rows().size(),
        width(a),
        (row, column) -> new Expr.Sum(List.of(cell(a, row, column), cell(b, row, column))));
  }

  /** The product, of a number with each cell; null where shapes do not fit. */
  private static Expr times(Expr left, Expr right) {
    if (left instanceof Matrix a && right instanceof Matrix b) {
      if (width(a) != b.rows().size()) {
        return null;
      }
      return matrix(
          a.rows().size(),
          width(b),
          (row, column) -> {
            List<Expr> terms = new ArrayList<>();
            for (int i = 0; i < width(a); i++) {
              terms.add(product(cell(a, row, i), cell(b, i, column)));
            }
            return terms.size() == 1 ? terms.get(0) : new Expr.Sum(terms);
          });
    }
    if (left instanceof Matrix a) {
      return scaled(a, right);
    }
    return right instanceof Matrix b ? scaled(b, left) : product(left, right);
  }

  private static Expr scaled(Matrix matrix, Expr factor) {
    return matrix(
        matrix.rows().size(),
        width(matrix),
        (row, column) -> product(factor, cell(matrix, row, column)));
  }

  private static Expr product(Expr left, Expr right) {
    return new Expr.Product(List.of(left, right));
  }

  private static int width(Matrix matrix) {
    return matrix.rows().get(0).size();
  }

  private static Expr cell(Matrix matrix, int row, int column) {
    return matrix.rows().get(row).get(column);
  }

  private static Matrix matrix(int rows, int columns, Cell cell) {
    List<List<Expr>> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      List<Expr> cells = new ArrayList<>();
      for (int column = 0; column < columns; column++) {
        cells.add(cell.at(row, column));
      }
      all.add(cells);
    }
    return new Matrix(all);
  }

  /** What stands in a cell. */
  private interface Cell {
    Expr at(int row, int column);
  }
}
