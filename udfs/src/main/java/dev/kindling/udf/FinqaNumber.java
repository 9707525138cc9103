package dev.kindling.udf;

import dev.kindling.udf.math.Algebra;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * FinQA's answers as text, judged against the executed answer {@code exe_ans} (a number with five
 * decimals, or yes or no), which the gold answers hold written plainly. FinQA has no official rule
 * for text; this is ours.
 *
 * <p><b>Which part of the answer counts.</b> The first number after the last {@link Announcement}
 * that a number follows is taken. Without one the last number of the text is taken. For a gold yes
 * or no it is the first word yes or no, in any case, after the last phrase that one follows, else
 * of the text. Where there is none, the verdict is {@code UNPARSEABLE}. What a number may look like
 * is said at {@link NumberScanner}.
 *
 * <p><b>What it means.</b> The number is read as it stands; if it carries a percent sign also
 * divided by 100; if it carries a magnitude ({@code million}, {@code bn}, {@code k}, {@code bps})
 * also multiplied out. FinQA's executed answers are in the unit of the table, which often is a
 * percentage or a million already, so both readings are accepted.
 *
 * <p><b>When it is right.</b> A reading r matches the gold number g when |r − g| is at most half a
 * unit of the last decimal that the answer was written with (24.69% has two), or of the fifth
 * decimal of g if that is coarser, and at most a tenth of |g|. The second bound keeps a single
 * digit from being worth a reward: 0 has the precision to match every ratio below one half.
 */
final class FinqaNumber implements Rule {
  private static final Pattern YES_OR_NO =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}_])(?:yes|no)(?![\\p{L}\\p{N}_])", Pattern.CASE_INSENSITIVE);
  private static final BigDecimal HALF = new BigDecimal("0.5");
  private static final int GOLD_DECIMALS = 5;

  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    List<Integer> announced = Announcement.ends(answer);
    Judgement last = null;
    for (String gold : goldAnswers) {
      String plain = gold.strip();
      last =
          YES_OR_NO.matcher(plain).matches()
              ? judgeWord(plain, answer, announced)
              : judgeNumber(goldNumber(plain), answer, announced);
      if (last.verdict() == Verdict.CORRECT) {
        return last;
      }
    }
    return last;
  }

  /**
   * Whether both are the same number with its unit ({@code 24.69%} is {@code 0.2469}), or the same
   * word. Precision does not count here: {@code 24.7} could be both {@code 24.69} and {@code
   * 24.71}.
   */
  @Override
  public boolean isSame(String context, String one, String other, Algebra algebra) {
    List<WrittenNumber> first = NumberScanner.scan(one);
    List<WrittenNumber> second = NumberScanner.scan(other);
    return first.size() == 1
        && second.size() == 1
        && first.get(0).scaled().compareTo(second.get(0).scaled()) == 0;
  }

  private static BigDecimal goldNumber(String gold) {
    List<WrittenNumber> numbers = NumberScanner.scan(gold);
    boolean whole =
        numbers.size() == 1
            && numbers.get(0).isPlain()
            && numbers.get(0).start() == 0
            && numbers.get(0).end() == gold.length();
    if (!whole) {
      throw new IllegalArgumentException(
          "gold answer '" + gold + "' is neither a plain number nor yes or no");
    }
    return numbers.get(0).value();
  }

  private static Judgement judgeNumber(
      BigDecimal gold, String answer, List<Integer> announcements) {
    List<WrittenNumber> numbers = NumberScanner.scan(answer);
    List<Integer> starts = new ArrayList<>();
    numbers.forEach(number -> starts.add(number.start()));
    int chosen = Announcement.choose(starts, announcements, starts.size() - 1);
    if (chosen < 0) {
      return Judgement.unparseable("the answer has no number");
    }
    WrittenNumber number = numbers.get(chosen);
    String extracted = answer.substring(number.start(), number.end());
    boolean right =
        matches(number.value(), 0, gold)
            || (number.percent() && matches(number.value(), -2, gold))
            || matches(number.value(), number.magnitude(), gold);
    return right
        ? Judgement.correct(extracted)
        : Judgement.wrong(extracted, extracted + " is not " + gold.toPlainString());
  }

  /** Whether the number as written, times ten to the {@code shift}, matches the gold number. */
  private static boolean matches(BigDecimal written, int shift, BigDecimal gold) {
    BigDecimal reading = written.scaleByPowerOfTen(shift);
    BigDecimal difference = reading.subtract(gold).abs();
    int decimals = Math.min(reading.scale(), GOLD_DECIMALS);
    BigDecimal tolerance = HALF.scaleByPowerOfTen(-decimals).min(gold.abs().scaleByPowerOfTen(-1));
    return difference.compareTo(tolerance) <= 0;
  }

  private static Judgement judgeWord(String gold, String answer, List<Integer> announcements) {
    List<Integer> starts = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (Matcher matcher = YES_OR_NO.matcher(answer); matcher.find(); ) {
      starts.add(matcher.start());
      words.add(matcher.group().toLowerCase(Locale.ROOT));
    }
    int chosen = Announcement.choose(starts, announcements, 0);
    if (chosen < 0) {
      return Judgement.unparseable("the answer has neither yes nor no");
    }
    String word = words.get(chosen);
    return word.equalsIgnoreCase(gold)
        ? Judgement.correct(word)
        : Judgement.wrong(word, word + " is not " + gold);
  }
}
