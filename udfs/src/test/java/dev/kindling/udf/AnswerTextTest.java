package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The normal form of answers beside the four lines of SQuAD's evaluator. */
class AnswerTextTest {
  /**
   * A run of what Python's {@code str.isalnum()} matches: its word boundaries stand at both ends.
   */
  private static final Pattern RUN = Pattern.compile("[\\p{L}\\p{N}_]++");

  /** {@code lower}, {@code remove_punc}, {@code remove_articles}, {@code white_space_fix}. */
  private static List<String> squad(String text) {
    String bare = LowerCase.of(text).replaceAll("\\p{Punct}", "");
    String spaced =
        RUN.matcher(bare)
            .replaceAll(run -> List.of("a", "an", "the").contains(run.group()) ? " " : "$0");
    return Arrays.stream(spaced.split("[\\s\\x1c-\\x1f\\x85\\p{Z}]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a", "an", "the", "The", "A", "N", " ", "  ", ".", "-", "_", "°", "é", "²", "\u00a0",
            "\u2028", "\u001c", "5", "½", "𝐀", "𝟗", "Ⅷ", "Σ", "İ", "ß", "日本", "$", "%", "+", "\t",
            "n", "th", "e", "\u200b", "😀")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 20_000)
  void theWordsAreThoseOfSquadsEvaluator(@ForAll("texts") String text) {
    assertThat(AnswerText.words(text)).isEqualTo(squad(text));
  }
}
