package dev.kindling.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * HotpotQA (arXiv:1809.09600) as its authors publish it, its training, distractor and fullwiki
 * files alike: one JSON array of records with {@code _id}, {@code question}, {@code answer}, {@code
 * level} and {@code context}, an array of paragraphs {@code [title, [sentence, …]]}. Sentences
 * bring the blanks between them. The paragraphs of a fullwiki record need not hold the answer, and
 * there may be none. {@code supporting_facts} and {@code type} are not used.
 */
final class HotpotqaFormat implements RecordFormat {
  @Override
  public String id(long record, RecordFields fields) {
    return fields.text("_id");
  }

  @Override
  public RawExample example(long record, String id, RecordFields fields, PromptStyle style) {
    return new Passages(
            paragraphs(fields),
            fields.text("question"),
            List.of(fields.text("answer")),
            fields.textOr("level", ""))
        .example(record, id, style);
  }

  private static List<Passages.Paragraph> paragraphs(RecordFields fields) {
    JsonNode context = fields.object().path("context");
    fields.require(context.isArray(), "context", context, "must be an array of paragraphs");
    List<Passages.Paragraph> paragraphs = new ArrayList<>();
    for (JsonNode pair : context) {
      String place = "context[" + paragraphs.size() + "]";
      boolean isPair = pair.isArray() && pair.size() == 2;
      fields.require(isPair, place, pair, "must be a title and an array of sentences");
      String title = fields.text(place + "[0]", pair.get(0));
      String text = String.join("", fields.texts(place + "[1]", pair.get(1)));
      paragraphs.add(new Passages.Paragraph(title, text));
    }
    return paragraphs;
  }
}
