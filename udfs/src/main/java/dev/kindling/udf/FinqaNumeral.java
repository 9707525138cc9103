package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * Numbers as the operands of FinQA's programs and the cells of its tables write them. FinQA's
 * evaluator is a Python program, so the grammar is that of Python's {@code float()}: {@code 1e3},
 * {@code inf}, {@code nan}, {@code 1_000} and the digits of every script. The numbers of steps are
 * read as its {@code int()} does, which allows blanks, a sign and underscores as well.
 */
final class FinqaNumeral {
  private static final String DIGITS = "[0-9]++(?:_[0-9]++)*+";
  private static final Pattern FINITE =
      Pattern.compile(
          "[+-]?+(?:"
              + DIGITS
              + "(?:\\.(?:"
              + DIGITS
              + ")?+)?+|\\."
              + DIGITS
              + ")"
              + "(?:[eE][+-]?+"
              + DIGITS
              + ")?+");
  private static final Pattern INTEGER = Pattern.compile("[+-]?+" + DIGITS);
  private static final Pattern INFINITE =
      Pattern.compile("[+-]?+inf(?:inity)?+", Pattern.CASE_INSENSITIVE);
  private static final Pattern NOT_A_NUMBER =
      Pattern.compile("[+-]?+nan", Pattern.CASE_INSENSITIVE);

  private FinqaNumeral() {}

  /**
   * An operand: commas are dropped; {@code %} divides by 100; {@code const_} is dropped, and {@code
   * const_m1} is -1.
   *
   * @return its value, empty when it is no number
   */
  static OptionalDouble parse(String operand) {
    String text = operand.replace(",", "");
    OptionalDouble number = pythonFloat(text);
    if (number.isPresent()) {
      return number;
    }
    if (text.contains("%")) {
      OptionalDouble percent = pythonFloat(text.replace("%", ""));
      return percent.isPresent() ? OptionalDouble.of(percent.getAsDouble() / 100) : percent;
    }
    String constant = text.replace("const_", "");
    boolean named = !constant.equals(text);
    return named ? pythonFloat(constant.equals("m1") ? "-1" : constant) : number;
  }

  /**
   * The cells of a table row: {@code $} is dropped and a cell ends at its first opening bracket, so
   * that {@code 22% ( 22 % )} is 0.22.
   *
   * @return their values, empty when one of them is no number
   */
  static Optional<List<Double>> parseRow(List<String> cells) {
    List<Double> values = new ArrayList<>();
    for (String cell : cells) {
      String amount = cell.replace("$", "");
      int bracket = amount.indexOf('(');
      OptionalDouble value = parse(bracket < 0 ? amount : amount.substring(0, bracket));
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.add(value.getAsDouble());
    }
    return Optional.of(values);
  }

  /**
   * The number of a step.
   *
   * @return the double nearest to it, empty when it is no integer
   */
  static OptionalDouble parseInteger(String text) {
    String ascii = asciiDigits(AnswerText.strip(text));
    return INTEGER.matcher(ascii).matches()
        ? OptionalDouble.of(Double.parseDouble(ascii.replace("_", "")))
        : OptionalDouble.empty();
  }

  private static OptionalDouble pythonFloat(String text) {
    String ascii = asciiDigits(AnswerText.strip(text));
    if (FINITE.matcher(ascii).matches()) {
      return OptionalDouble.of(Double.parseDouble(ascii.replace("_", "")));
    }
    if (INFINITE.matcher(ascii).matches()) {
      return OptionalDouble.of(
          ascii.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return NOT_A_NUMBER.matcher(ascii).matches()
        ? OptionalDouble.of(Double.NaN)
        : OptionalDouble.empty();
  }

  private static String asciiDigits(String text) {
    StringBuilder ascii = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> ascii.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
    return ascii.toString();
  }
}
