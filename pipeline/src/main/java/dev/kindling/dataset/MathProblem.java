package dev.kindling.dataset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * A mathematical problem.
 *
 * <p><b>Prompt.</b> The problem alone, or, in the warm and the chat style, in the words of DAPO
 * (arXiv:2503.14476) before and behind it. A problem that comes in these words loses them first, so
 * that no style has them twice.
 *
 * <p><b>Gold answers.</b> The answer alone, or, where the prompt asks for a line {@code Answer: …},
 * that line, which then is y*, and the answer alone.
 *
 * @param text the problem
 * @param answer the gold answer
 * @param rationale a given solution for supervised training; empty when there is none
 * @param subject what it is about, of the context; empty when the data set does not state it
 * @param level difficulty; empty when the data set does not state it
 */
record MathProblem(String text, String answer, String rationale, String subject, String level) {
  private static final String VERIFIER = "math";

  private static final String BEFORE =
      "Solve the following math problem step by step. The last line of your response should be of"
          + " the form Answer: $Answer (without quotes) where $Answer is the answer to the"
          + " problem.\n\n";

  private static final String BEHIND =
      "\n\nRemember to put your answer on its own line after \"Answer:\".";

  /** A problem of which nothing else is known. */
  MathProblem(String text, String answer) {
    this(text, answer, "", "", "");
  }

  MathProblem {
    text = text.strip();
    if (text.startsWith(BEFORE) && text.endsWith(BEHIND)) {
      text = text.substring(BEFORE.length(), text.length() - BEHIND.length()).strip();
    }
  }

  RawExample example(long record, String id, PromptStyle style) {
    boolean cold = style == PromptStyle.COLD;
    return new RawExample(
        record,
        id,
        cold ? text : BEFORE + text + BEHIND,
        rationale,
        cold ? List.of(answer) : List.of("Answer: " + answer, answer),
        VERIFIER,
        subject.isEmpty()
            ? "{}"
            : JsonNodeFactory.instance.objectNode().put("subject", subject).toString(),
        level);
  }
}
