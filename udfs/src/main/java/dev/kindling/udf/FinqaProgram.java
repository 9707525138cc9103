package dev.kindling.udf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.udf.math.Algebra;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * FinQA's execution accuracy: the answer is a program, and it is right when its result equals the
 * gold answer ({@code exe_ans}) exactly. The rules are those of FinQA's evaluator; a program that
 * is invalid or has no complete step is {@code UNPARSEABLE}. The context is an object with the
 * record's {@code table}, an array of rows of cells.
 *
 * <p>Departures from the evaluator, all on programs that no record has: comparing yes with no, a
 * table operation on a {@code #k}, and a power that is not real or overflows are invalid wherever
 * they stand; the largest and the smallest cell of a row with a NaN are NaN.
 */
final class FinqaProgram implements Rule {
  @Override
  public boolean needsContext() {
    return true;
  }

  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    List<List<String>> table = table(context);
    Optional<FinqaResult> result = execute(FinqaSteps.tokenize(answer), table);
    if (result.isEmpty()) {
      return Judgement.unparseable("the program is invalid");
    }
    FinqaResult value = result.get();
    if (value.matches(FinqaResult.NONE)) {
      return Judgement.unparseable("the program has no complete step");
    }
    for (String gold : goldAnswers) {
      if (value.matches(gold(gold))) {
        return Judgement.correct(value.text());
      }
    }
    return Judgement.wrong(value.text(), "the result is not a gold answer");
  }

  /**
   * Runs a tokenised program on a table.
   *
   * @param tokens as {@link FinqaSteps#tokenize} gives them
   * @param table rows, of which the first cell is the name; the last row of a name counts
   * @return the result of the last step, rounded to five decimals; {@code n/a} without a complete
   *     step; empty when the program is invalid
   */
  static Optional<FinqaResult> execute(List<String> tokens, List<List<String>> table) {
    Optional<FinqaSteps> program = FinqaSteps.of(tokens);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<String>> rows = new HashMap<>();
    for (List<String> row : table) {
      if (!row.isEmpty()) {
        rows.put(row.get(0), row.subList(1, row.size()));
      }
    }
    List<FinqaResult> results = new ArrayList<>();
    for (FinqaSteps.Step step : program.get().steps()) {
      Optional<FinqaResult> result =
          step.isOnTable() ? onTable(step, rows) : compute(step, results);
      if (result.isEmpty()) {
        return Optional.empty();
      }
      results.add(result.get());
    }
    return Optional.of(
        results.isEmpty() ? FinqaResult.NONE : results.get(results.size() - 1).rounded());
  }

  private static Optional<FinqaResult> compute(FinqaSteps.Step step, List<FinqaResult> results) {
    OptionalDouble first = operand(step.first(), results);
    OptionalDouble second = operand(step.second(), results);
    if (first.isEmpty() || second.isEmpty()) {
      return Optional.empty();
    }
    double a = first.getAsDouble();
    double b = second.getAsDouble();
    return switch (step.operation()) {
      case "add" -> Optional.of(FinqaResult.number(a + b));
      case "subtract" -> Optional.of(FinqaResult.number(a - b));
      case "multiply" -> Optional.of(FinqaResult.number(a * b));
      case "divide" -> b == 0 ? Optional.empty() : Optional.of(FinqaResult.number(a / b));
      case "exp" -> power(a, b);
      case "greater" -> Optional.of(FinqaResult.word(a > b ? "yes" : "no"));
      default -> throw new IllegalStateException(step.operation());
    };
  }

  private static OptionalDouble operand(String argument, List<FinqaResult> results) {
    if (!FinqaSteps.isReference(argument)) {
      return FinqaNumeral.parse(argument);
    }
    return FinqaSteps.reference(argument, results.size())
        .map(results::get)
        .filter(result -> result.word() == null)
        .map(result -> OptionalDouble.of(result.number()))
        .orElse(OptionalDouble.empty());
  }

  private static Optional<FinqaResult> power(double base, double exponent) {
    double power = Math.pow(base, exponent);
    boolean fromReals = Double.isFinite(base) && Double.isFinite(exponent);
    return fromReals && !Double.isFinite(power)
        ? Optional.empty()
        : Optional.of(FinqaResult.number(power));
  }

  private static Optional<FinqaResult> onTable(
      FinqaSteps.Step step, Map<String, List<String>> rows) {
    Optional<List<Double>> cells =
        Optional.ofNullable(rows.get(step.first())).flatMap(FinqaNumeral::parseRow);
    boolean sum = step.operation().equals("table_sum");
    if (cells.isEmpty() || (cells.get().isEmpty() && !sum)) {
      return Optional.empty();
    }
    double total = 0;
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    for (double cell : cells.get()) {
      total += cell;
      max = Math.max(max, cell);
      min = Math.min(min, cell);
    }
    double value =
        switch (step.operation()) {
          case "table_max" -> max;
          case "table_min" -> min;
          case "table_sum" -> total;
          case "table_average" -> total / cells.get().size();
          default -> throw new IllegalStateException(step.operation());
        };
    return Optional.of(FinqaResult.number(value));
  }

  private static FinqaResult gold(String gold) {
    if (gold.equals("yes") || gold.equals("no")) {
      return FinqaResult.word(gold);
    }
    try {
      return FinqaResult.number(Double.parseDouble(gold));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "gold answer '" + gold + "' is neither a number nor yes or no", e);
    }
  }

  private static List<List<String>> table(String context) {
    JsonNode table = VerifierContext.read(context).path("table");
    if (!table.isArray()) {
      throw new IllegalArgumentException("the context has no table");
    }
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : table) {
      List<String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(cell.asText()));
      rows.add(cells);
    }
    return rows;
  }
}
