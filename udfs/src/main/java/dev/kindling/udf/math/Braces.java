package dev.kindling.udf.math;

import java.util.Arrays;

/** The pairs of braces in a LaTeX text, all found in one pass. */
final class Braces {
  private final int[] closing;

  Braces(String text) {
    closing = new int[text.length()];
    Arrays.fill(closing, -1);
    int[] open = new int[text.length()];
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        open[depth++] = i;
      } else if (c == '}' && depth > 0) {
        closing[open[--depth]] = i;
      }
    }
  }

  /** Index of the brace that closes the one at a place; -1 if none does. */
  int close(int open) {
    return closing[open];
  }
}
