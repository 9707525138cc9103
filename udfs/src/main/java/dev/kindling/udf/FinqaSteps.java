package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A program of FinQA cut into tokens and steps: {@code subtract(5, 3), divide(#0, 3)}.
 *
 * @param steps the complete steps, in order
 */
record FinqaSteps(List<Step> steps) {
  private static final Set<String> OPERATIONS =
      Set.of(
          "add",
          "subtract",
          "multiply",
          "divide",
          "exp",
          "greater",
          "table_max",
          "table_min",
          "table_sum",
          "table_average");

  /**
   * One operation on two arguments.
   *
   * @param operation for example {@code divide}
   * @param first an operand, {@code #k} for the result of step k, or the name of a table's row
   * @param second an operand or {@code #k}; unused by table operations
   */
  record Step(String operation, String first, String second) {
    boolean isOnTable() {
      return operation.startsWith("table_");
    }
  }

  /**
   * The tokens of a program: split at {@code ", "}, with {@code operation(} and {@code )} as tokens
   * of their own, and {@code EOF} at the end.
   */
  static List<String> tokenize(String program) {
    List<String> tokens = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < program.length(); i++) {
      char c = program.charAt(i);
      if (c == ')' || program.startsWith(", ", i)) {
        addUnlessEmpty(tokens, program.substring(start, i));
        start = i + (c == ')' ? 0 : 2);
      }
      if (c == '(' || c == ')') {
        tokens.add(program.substring(start, i + 1));
        start = i + 1;
      }
    }
    addUnlessEmpty(tokens, program.substring(start));
    tokens.add("EOF");
    return tokens;
  }

  private static void addUnlessEmpty(List<String> tokens, String token) {
    if (!token.isEmpty()) {
      tokens.add(token);
    }
  }

  /**
   * The complete steps of a tokenised program. The last token is dropped, whatever it is, as in
   * FinQA's evaluator; the others must be operation, argument, argument, closing bracket, and so
   * on.
   *
   * @return the steps, empty when the tokens do not have that structure
   */
  static Optional<FinqaSteps> of(List<String> tokens) {
    List<String> program = tokens.subList(0, Math.max(tokens.size() - 1, 0));
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < program.size(); i++) {
      String token = program.get(i);
      boolean fits =
          switch (i % 4) {
            case 0 -> isOperation(token);
            case 3 -> token.equals(")");
            default -> !token.contains("(") && !token.contains(")");
          };
      if (!fits) {
        return Optional.empty();
      }
      if (i % 4 == 3) {
        String operation = program.get(i - 3);
        steps.add(
            new Step(
                operation.substring(0, operation.length() - 1),
                AnswerText.strip(program.get(i - 2)),
                AnswerText.strip(program.get(i - 1))));
      }
    }
    return Optional.of(new FinqaSteps(steps));
  }

  private static boolean isOperation(String token) {
    return token.endsWith("(") && OPERATIONS.contains(token.substring(0, token.length() - 1));
  }

  /** Whether an argument refers to the result of a step. */
  static boolean isReference(String argument) {
    return argument.contains("#");
  }

  /**
   * The step that an argument refers to, 0-based. {@link FinqaNumeral} reads the number, so that
   * {@code # 0}, {@code #+0} and {@code #00} are step 0.
   *
   * @param before number of the step that the argument belongs to; references go backwards
   * @return the step, empty when the reference is not to an earlier one
   */
  static Optional<Integer> reference(String argument, int before) {
    double step = FinqaNumeral.parseInteger(argument.replace("#", "")).orElse(-1);
    return step >= 0 && step < before ? Optional.of((int) step) : Optional.empty();
  }
}
