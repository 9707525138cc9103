package dev.kindling.udf.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An environment of LaTeX → a matrix. */
final class MatrixParser {
  private static final Set<String> MATRICES =
      Set.of("pmatrix", "bmatrix", "matrix", "smallmatrix", "array", "Bmatrix");

  private MatrixParser() {}

  /** Reads what follows {@code \begin}. */
  static Expr read(ExprParser parser, Tokens tokens) throws UnreadableException {
    int at = parser.at();
    if (!tokens.is(at, "{")) {
      throw new UnreadableException("\\begin without a name");
    }
    int close = tokens.matching(at);
    String name = tokens.range(at + 1, close).text().replace(" ", "");
    if (!MATRICES.contains(name)) {
      throw new UnreadableException("no matrix: " + name);
    }
    int from = close + 1;
    if (name.equals("array") && tokens.is(from, "{")) {
      from = tokens.matching(from) + 1;
    }
    int end = tokens.next(from, token -> token.is("\\end"));
    if (!tokens.is(end + 1, "{")) {
      throw new UnreadableException("a matrix is not closed");
    }
    parser.goTo(tokens.matching(end + 1) + 1);
    List<List<Expr>> rows = new ArrayList<>();
    for (int row = from; row < end; ) {
      int next = Math.min(end, nextBreak(tokens, row));
      if (next > row) {
        rows.add(row(parser, tokens, row, next));
      }
      row = next + 1;
    }
    if (rows.isEmpty() || rows.stream().anyMatch(row -> row.size() != rows.get(0).size())) {
      throw new UnreadableException("rows of a matrix differ in length");
    }
    return new Expr.Matrix(rows);
  }

  private static int nextBreak(Tokens tokens, int from) {
    return tokens.next(from, token -> token.is("\\\\") || token.is("\\end"));
  }

  private static List<Expr> row(ExprParser parser, Tokens tokens, int from, int to)
      throws UnreadableException {
    List<Expr> cells = new ArrayList<>();
    int cell = from;
    while (cell <= to) {
      int next = Math.min(to, tokens.next(cell, token -> token.is("&") || token.is("\\\\")));
      cells.add(parser.part(cell, next));
      cell = next + 1;
    }
    return cells;
  }
}
