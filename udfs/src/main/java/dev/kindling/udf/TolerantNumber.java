package dev.kindling.udf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.udf.math.Algebra;
import java.math.BigDecimal;
import java.util.List;

/**
 * A number in a text, right when it is within the tolerances of the record's context: {@code
 * {"absolute": 0.01, "relative": 0.001}}, both 0 where they are left out, and the larger of the two
 * counts. A reading r matches the gold number g when |r − g| ≤ max(absolute, relative · |g|),
 * computed exactly.
 *
 * <p>The number is the first behind the last {@link Announcement} that a number follows, else the
 * last of the text; what a number may look like is said at {@link NumberScanner}. A percent sign
 * divides it by 100 and a magnitude ({@code million}, {@code bn}) multiplies it, in gold answers as
 * well.
 */
final class TolerantNumber implements Rule {
  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    JsonNode tolerances = VerifierContext.read(context);
    BigDecimal absolute = tolerance(tolerances, "absolute");
    BigDecimal relative = tolerance(tolerances, "relative");
    List<WrittenNumber> numbers = NumberScanner.scan(answer);
    List<Integer> starts = numbers.stream().map(WrittenNumber::start).toList();
    int chosen = Announcement.choose(starts, Announcement.ends(answer), starts.size() - 1);
    if (chosen < 0) {
      return Judgement.unparseable("the answer has no number");
    }
    WrittenNumber number = numbers.get(chosen);
    String extracted = answer.substring(number.start(), number.end());
    for (String gold : goldAnswers) {
      BigDecimal wanted = gold(gold);
      BigDecimal allowed = absolute.max(relative.multiply(wanted.abs()));
      if (number.scaled().subtract(wanted).abs().compareTo(allowed) <= 0) {
        return Judgement.correct(extracted);
      }
    }
    return Judgement.wrong(extracted, extracted + " is not a gold answer");
  }

  /** Whether the second number would be right if the first were the gold one. */
  @Override
  public boolean isSame(String context, String one, String other, Algebra algebra) {
    return judge(List.of(one), context, other, algebra).verdict() == Verdict.CORRECT;
  }

  private static BigDecimal gold(String gold) {
    String text = AnswerText.strip(gold);
    List<WrittenNumber> numbers = NumberScanner.scan(text);
    boolean isWhole =
        numbers.size() == 1 && numbers.get(0).start() == 0 && numbers.get(0).end() == text.length();
    if (!isWhole) {
      throw new IllegalArgumentException("gold answer '" + gold + "' is not a number");
    }
    return numbers.get(0).scaled();
  }

  private static BigDecimal tolerance(JsonNode context, String name) {
    JsonNode value = context.path(name);
    boolean isOne =
        value.isMissingNode() || (value.isNumber() && value.decimalValue().signum() >= 0);
    if (!isOne) {
      throw new IllegalArgumentException(
          "tolerance '" + name + "' of the context is " + value + ", not a number >= 0");
    }
    return value.decimalValue();
  }
}
