package dev.kindling.udf.math;

import java.util.List;
import java.util.Optional;

/**
 * One reading of a text as an answer.
 *
 * @param text what was read
 * @param writing its tokens as one text: equal writings are equal answers
 * @param answer what it says
 */
record MathReading(String text, String writing, Answer answer) {
  /** Longest final answer that is read, in characters; a longer one is only equal to itself. */
  private static final int LONGEST = 1024;

  /** The reading of a text; empty where there is nothing to read. */
  static Optional<MathReading> of(String text) {
    MathReading whole = read(text);
    if (FinalAnswer.isProse(text)) {
      Optional<MathReading> last = FinalAnswer.lastFormula(text).map(MathReading::read);
      if (last.isPresent()) {
        return last;
      }
      if (Character.isLetter(text.charAt(0))) {
        return Optional.of(new MathReading(text, text, new Answer.Words(text)));
      }
    }
    return whole.writing().isEmpty() ? Optional.empty() : Optional.of(whole);
  }

  private static MathReading read(String text) {
    if (text.length() > LONGEST) {
      return new MathReading(text.strip(), text.strip(), new Answer.Words(text.strip()));
    }
    try {
      List<Token> tokens = Lexer.tokens(text);
      StringBuilder writing = new StringBuilder();
      tokens.forEach(token -> writing.append(token.text()));
      return new MathReading(text.strip(), writing.toString(), AnswerParser.parse(tokens));
    } catch (UnreadableException unreadable) {
      return new MathReading(text.strip(), text.strip(), new Answer.Words(text.strip()));
    }
  }

  /** Whether it is sentences without a formula, which answer no question for a value. */
  boolean isTalk() {
    return answer instanceof Answer.Words && FinalAnswer.isProse(text);
  }

  /** Whether another reading says the same. */
  boolean isSame(MathReading other, Algebra algebra) throws AlgebraFaultException {
    return writing.equals(other.writing) || new AnswerEquality(algebra).same(answer, other.answer);
  }
}
