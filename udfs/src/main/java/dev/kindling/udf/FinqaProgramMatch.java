package dev.kindling.udf;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * FinQA's program accuracy: whether two programs are the same expression, with every operand and
 * every table operation a symbol of its own ({@code 1.0} is not {@code 1}, {@code const_100} is not
 * {@code 100}). {@code add(1, 2)} is {@code add(2, 1)}, and {@code (a - b) / b} is {@code a / b - b
 * / b}.
 *
 * <p>FinQA's evaluator asks a computer-algebra system. Here both expressions are evaluated in the
 * integers modulo the prime 2^127 − 1, at a point whose coordinates are hashes of the symbols: two
 * rational functions that differ agree there with a probability of about their degree in 2^127.
 * {@code exp} and {@code greater} are symbols of the values of their arguments, so laws of powers
 * are not known.
 */
final class FinqaProgramMatch {
  private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(127).subtract(BigInteger.ONE);

  private FinqaProgramMatch() {}

  /**
   * Whether a program is the gold program.
   *
   * @param gold tokens of the gold program, as {@link FinqaSteps#tokenize} gives them
   * @param program tokens of the other
   * @return false also when either is malformed, has no step, refers in any step to one that is not
   *     before it, calculates with a yes or no or divides by zero as an expression, or when the
   *     program has a symbol that the gold program has not
   */
  static boolean isSame(List<String> gold, List<String> program) {
    Optional<FinqaSteps> goldSteps = FinqaSteps.of(gold);
    Optional<FinqaSteps> steps = FinqaSteps.of(program);
    if (goldSteps.isEmpty() || steps.isEmpty()) {
      return false;
    }
    Optional<BigInteger> goldValue = evaluate(goldSteps.get());
    return goldValue.isPresent()
        && goldValue.equals(evaluate(steps.get()))
        && symbols(goldSteps.get()).containsAll(symbols(steps.get()));
  }

  private static Set<String> symbols(FinqaSteps program) {
    Set<String> symbols = new HashSet<>();
    for (FinqaSteps.Step step : program.steps()) {
      if (step.isOnTable()) {
        symbols.add(step.toString());
      } else {
        Stream.of(step.first(), step.second())
            .filter(argument -> !FinqaSteps.isReference(argument))
            .forEach(symbols::add);
      }
    }
    return symbols;
  }

  /** The value of the last step; empty when it is not defined, or a reference is not to before. */
  private static Optional<BigInteger> evaluate(FinqaSteps program) {
    List<Optional<BigInteger>> values = new ArrayList<>();
    for (FinqaSteps.Step step : program.steps()) {
      if (step.isOnTable()) {
        values.add(Optional.of(hash(step.toString())));
        continue;
      }
      if (!refersBackwards(step.first(), values.size())
          || !refersBackwards(step.second(), values.size())) {
        return Optional.empty();
      }
      Optional<BigInteger> first = value(step.first(), program, values);
      Optional<BigInteger> second = value(step.second(), program, values);
      values.add(first.flatMap(a -> second.flatMap(b -> apply(step.operation(), a, b))));
    }
    return values.isEmpty() ? Optional.empty() : values.get(values.size() - 1);
  }

  private static boolean refersBackwards(String argument, int before) {
    return !FinqaSteps.isReference(argument) || FinqaSteps.reference(argument, before).isPresent();
  }

  private static Optional<BigInteger> value(
      String argument, FinqaSteps program, List<Optional<BigInteger>> values) {
    return FinqaSteps.isReference(argument)
        ? FinqaSteps.reference(argument, values.size())
            .filter(step -> !program.steps().get(step).operation().equals("greater"))
            .flatMap(values::get)
        : Optional.of(hash(argument));
  }

  private static Optional<BigInteger> apply(String operation, BigInteger a, BigInteger b) {
    return switch (operation) {
      case "add" -> Optional.of(a.add(b).mod(PRIME));
      case "subtract" -> Optional.of(a.subtract(b).mod(PRIME));
      case "multiply" -> Optional.of(a.multiply(b).mod(PRIME));
      case "divide" ->
          b.signum() == 0
              ? Optional.empty()
              : Optional.of(a.multiply(b.modInverse(PRIME)).mod(PRIME));
      default -> Optional.of(hash(operation + "(" + a + ", " + b + ")"));
    };
  }

  private static BigInteger hash(String symbol) {
    try {
      byte[] text = symbol.getBytes(StandardCharsets.UTF_8);
      return new BigInteger(1, MessageDigest.getInstance("SHA-256").digest(text)).mod(PRIME);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
