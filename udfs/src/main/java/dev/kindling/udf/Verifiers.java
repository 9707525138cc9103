package dev.kindling.udf;

import dev.kindling.udf.math.Algebra;
import dev.kindling.udf.worker.WorkerLimits;
import dev.kindling.udf.worker.Workers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;

/**
 * The verifiers by name, and the one way to call them.
 *
 * <ul>
 *   <li>{@code answer_match}: equal as numbers where both are, else as texts up to case and the
 *       blanks at both ends; for data that names no verifier
 *   <li>{@code exact_match}: equal after HotpotQA's and MuSiQue's normalisation, which deletes
 *       punctuation: a reward for answers in words
 *   <li>{@code exact_string}: equal after trimming
 *   <li>{@code finqa_number}: a number, or yes or no, in a text, at the precision it was written
 *       with
 *   <li>{@code finqa_program}: a program whose result on the context's table is exactly the gold
 *       answer; FinQA's execution accuracy
 *   <li>{@code json_equal}: equal as JSON values
 *   <li>{@code math}: the final answer of mathematics, by value
 *   <li>{@code multiple_choice}: the letter of an option
 *   <li>{@code number}: a number in a text, within the tolerances of the context
 *   <li>{@code regex}: the whole answer matches a regular expression of RE2
 *   <li>{@code substring_match}: the normalised gold answer is a part of the normalised answer; the
 *       relaxed rule of evaluations, too easily satisfied for a reward
 * </ul>
 */
public final class Verifiers {
  /**
   * Longest answer that is read, in UTF-16 characters; a longer one is {@code UNPARSEABLE}. It is
   * far more than any answer budget, and bounds time and memory whatever the policy writes.
   */
  public static final int MAX_ANSWER_CHARS = 1 << 16;

  // An operator, or a sign of currency, percent, decimals or arithmetic that touches a digit.
  private static final Pattern FORMULA =
      Pattern.compile("[+*^=<>_#\\\\]|[-\u2212/$.,%][0-9]|[0-9][-\u2212/$%]|^\\s*[-\u2212]");

  private static final Map<String, Rule> BY_NAME =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.ofEntries(
                  Map.entry("answer_match", TextMatch.ANSWER_MATCH),
                  Map.entry("exact_match", TextMatch.EXACT_MATCH),
                  Map.entry("exact_string", TextMatch.EXACT_STRING),
                  Map.entry("finqa_number", new FinqaNumber()),
                  Map.entry("finqa_program", new FinqaProgram()),
                  Map.entry("json_equal", new JsonEqual()),
                  Map.entry("math", new MathMatch()),
                  Map.entry("multiple_choice", new MultipleChoice()),
                  Map.entry("number", new TolerantNumber()),
                  Map.entry("regex", new RegexMatch()),
                  Map.entry("substring_match", TextMatch.SUBSTRING_MATCH))));

  /** Those that compare words alone. */
  private static final Set<String> OF_WORDS = Set.of("exact_match", "substring_match");

  private Verifiers() {}

  /** Names of the verifiers that come along, sorted. */
  static Set<String> builtIn() {
    return BY_NAME.keySet();
  }

  /**
   * Names of all verifiers, sorted: those that come along, and {@link Verifier}s in jars that the
   * calling thread's class loader sees.
   *
   * @throws IllegalStateException when a jar's verifier cannot be used
   * @throws java.util.ServiceConfigurationError when one cannot be loaded
   */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(BY_NAME.keySet());
    names.addAll(OwnVerifiers.of(BY_NAME.keySet()).keySet());
    return names;
  }

  /** Whether there is a verifier of a name, as {@link #names} has them. */
  public static boolean isKnown(String verifier) {
    return rule(verifier) != null;
  }

  /** The rule of a name; null when there is none. */
  private static Rule rule(String verifier) {
    Rule rule = BY_NAME.get(verifier);
    return rule == null ? OwnVerifiers.of(BY_NAME.keySet()).get(verifier) : rule;
  }

  /**
   * Whether a verifier deletes what tells this gold answer from others: {@code exact_match} and
   * {@code substring_match} the signs, points and operators of what looks like a number or a
   * formula.
   */
  public static boolean isBlindTo(String verifier, String gold) {
    return OF_WORDS.contains(verifier)
        && (NumberOrText.isNumber(gold) || FORMULA.matcher(gold).find());
  }

  /** Whether the verifier of one of {@link #builtIn()} cannot judge without a context. */
  static boolean needsContext(String verifier) {
    return BY_NAME.get(verifier).needsContext();
  }

  /**
   * Judges one answer. Never throws an exception and never returns null: a row is not lost to its
   * verifier.
   *
   * @param verifier one of {@link #names()}; another is an {@code ERROR}
   * @param goldAnswers accepted answers; none at all, or a null among them, is an {@code ERROR}
   * @param context JSON object that the verifier may need; may be null
   * @param answer the model's answer; null or longer than {@link #MAX_ANSWER_CHARS} is {@code
   *     UNPARSEABLE}
   * @param limits of the process that computes what needs algebra
   */
  public static Judgement judge(
      String verifier,
      List<String> goldAnswers,
      String context,
      String answer,
      WorkerLimits limits) {
    return judged(verifier, goldAnswers, context, answer, Workers.algebra(limits));
  }

  private static Judgement judged(
      String verifier, List<String> goldAnswers, String context, String answer, Algebra algebra) {
    if (verifier == null) {
      return Judgement.error("the verifier is null (there are " + names() + ")");
    }
    Rule rule = rule(verifier);
    if (rule == null) {
      return Judgement.error("no verifier '" + verifier + "' (there are " + names() + ")");
    }
    if (goldAnswers == null || goldAnswers.isEmpty()) {
      return Judgement.error("there is no gold answer");
    }
    if (goldAnswers.stream().anyMatch(gold -> gold == null)) {
      return Judgement.error("a gold answer is null");
    }
    if (answer == null) {
      return Judgement.unparseable("there is no answer");
    }
    if (answer.length() > MAX_ANSWER_CHARS) {
      return Judgement.unparseable(
          "the answer has " + answer.length() + " characters, more than " + MAX_ANSWER_CHARS);
    }
    try {
      return rule.judge(goldAnswers, context, answer, algebra);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      String said = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
      return Judgement.error(verifier + " failed: " + said);
    }
  }

  /** The same with the limits of this executor's session. */
  public static Judgement judge(
      String verifier, List<String> goldAnswers, String context, String answer) {
    return judged(
        verifier,
        goldAnswers,
        context,
        answer,
        (one, other) -> Workers.algebra(WorkerLimits.ofSession()).areEqual(one, other));
  }

  /**
   * Whether two extracted answers are one by a verifier's own equality; equal texts always are.
   * Never throws: where the verifier cannot compare them, they are two.
   *
   * @param verifier one of {@link #names()}; to another only equal texts are one
   * @param context JSON object that the verifier may need; may be null
   * @param limits of the process that computes what needs algebra; without a verdict the answers
   *     are two
   */
  public static boolean isSame(
      String verifier, String context, String one, String other, WorkerLimits limits) {
    if (one.equals(other)) {
      return true;
    }
    Rule rule = verifier == null ? null : rule(verifier);
    try {
      return rule != null && rule.isSame(context, one, other, Workers.algebra(limits));
    } catch (RuntimeException incomparable) {
      return false;
    }
  }

  /**
   * Makes the verifiers callable from SQL in this session: {@code kindling_verify(verifier, gold,
   * context, answer)}; {@code <verifier>(gold, answer)} for each verifier, but {@code
   * finqa_program(gold, context, answer)}; {@code hotpotqa_f1} and {@code musique_f1(gold,
   * answer)}; {@code supporting_facts(gold_facts, facts)}; {@code hotpotqa_joint(gold, answer,
   * gold_facts, facts)}; and FinQA's program accuracy {@code finqa_program_match(gold_program,
   * program)}. A session that is started with {@link KindlingExtensions} has them without this
   * call. Arguments are cast as {@link ArgumentCasts} says.
   */
  public static void register(SparkSession session) {
    FunctionRegistry registry =
        ((org.apache.spark.sql.classic.SparkSession) session).sessionState().functionRegistry();
    for (SqlFunction function : SqlFunction.all()) {
      registry.createOrReplaceTempFunction(function.name(), function.builder(), "java_udf");
    }
  }
}
