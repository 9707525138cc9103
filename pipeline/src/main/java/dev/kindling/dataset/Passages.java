package dev.kindling.dataset;

import java.util.List;

/**
 * A question on paragraphs, answered in a few words.
 *
 * <p><b>Prompt.</b> Each paragraph on a line of its own, its title, a colon and its text; the
 * question on the last. The warm and the chat style put an instruction and an empty line before
 * them. It asks for the answer alone, because {@code exact_match} compares all that is answered.
 *
 * @param paragraphs titles and texts, in the order of the record; there may be none
 * @param goldAnswers accepted answers, the first of which is y*
 * @param level difficulty; empty when the record does not state it
 */
record Passages(
    List<Paragraph> paragraphs, String question, List<String> goldAnswers, String level) {
  private static final String INSTRUCTION =
      "Read the paragraphs and answer the question at their end. Give the answer alone: a name, a"
          + " number or a few words as they stand in the paragraphs, or yes or no.\n\n";

  /** A paragraph under its title. */
  record Paragraph(String title, String text) {}

  RawExample example(long record, String id, PromptStyle style) {
    StringBuilder prompt = new StringBuilder(style == PromptStyle.COLD ? "" : INSTRUCTION);
    for (Paragraph paragraph : paragraphs) {
      prompt.append(paragraph.title).append(": ").append(paragraph.text.strip()).append('\n');
    }
    prompt.append(question);
    return new RawExample(
        record, id, prompt.toString(), "", goldAnswers, "exact_match", "{}", level);
  }
}
