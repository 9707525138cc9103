package dev.kindling.report;

import dev.kindling.check.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A table for the terminal: columns padded to their widest cell, a rule under the header, columns
 * of numbers aligned to the right. Widths are counted in code points, combining accents left out.
 */
public final class TextTable {
  private static final String GAP = "  ";

  // A number, a count of something ("9.5 s", "38.3 %", "-8 → -2") or the dash for none.
  private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d.*|∞.*|NaN)|–.*|");

  private TextTable() {}

  /**
   * Lays the table out. Line ends and control characters become visible pictures, so that no cell
   * can break the table or steer the terminal.
   *
   * @param header names of the columns
   * @param rows each has a cell for every column
   * @return the table, each line closed by a line end and without trailing blanks
   * @throws dev.kindling.check.InvalidInputException if there are not as many cells as columns
   */
  public static String of(List<String> header, List<List<String>> rows) {
    Check check = new Check();
    List<List<String>> body = new ArrayList<>();
    for (List<String> row : rows) {
      check.that(row.size() == header.size(), "row", row, "must have " + header.size() + " cells");
      body.add(row.stream().map(TextTable::oneLine).toList());
    }
    check.done();
    int[] widths = new int[header.size()];
    boolean[] numeric = new boolean[header.size()];
    for (int i = 0; i < header.size(); i++) {
      int column = i;
      List<String> cells = body.stream().map(row -> row.get(column)).toList();
      widths[i] =
          Math.max(width(header.get(i)), cells.stream().mapToInt(TextTable::width).max().orElse(0));
      numeric[i] = !cells.isEmpty() && cells.stream().allMatch(NUMBER.asMatchPredicate());
    }
    StringBuilder out = new StringBuilder();
    line(out, header, widths, numeric);
    line(out, Arrays.stream(widths).mapToObj("─"::repeat).toList(), widths, numeric);
    body.forEach(row -> line(out, row, widths, numeric));
    return out.toString();
  }

  private static void line(StringBuilder out, List<String> cells, int[] widths, boolean[] numeric) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String padding = " ".repeat(widths[i] - width(cells.get(i)));
      line.append(i == 0 ? "" : GAP);
      line.append(numeric[i] ? padding + cells.get(i) : cells.get(i) + padding);
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static int width(String cell) {
    return (int)
        cell.codePoints()
            .filter(character -> Character.getType(character) != Character.NON_SPACING_MARK)
            .count();
  }

  private static String oneLine(String cell) {
    return Text.visible(cell).replace('\n', '␊').replace('\t', '␉');
  }
}
