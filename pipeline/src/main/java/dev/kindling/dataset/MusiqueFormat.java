package dev.kindling.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MuSiQue (arXiv:2108.00573) as its authors publish it: JSON lines with {@code id}, {@code
 * question}, {@code paragraphs[]{title, paragraph_text}}, {@code answer} and {@code
 * answer_aliases[]}. The gold answers are {@code answer}, which is y*, and its aliases. The level
 * is the number of hops, with which the id begins: 3 of {@code 3hop1__…}. A record that says it is
 * not {@code answerable} is rejected: the paragraphs do not hold its answer.
 */
final class MusiqueFormat implements RecordFormat {
  private static final Pattern HOPS = Pattern.compile("^([0-9]+)hop");

  @Override
  public RawExample example(long record, String id, RecordFields fields, PromptStyle style) {
    Matcher hops = HOPS.matcher(id);
    JsonNode object = fields.object();
    fields.require(
        hops.find(), "id", object.get("id"), "must begin with the number of hops, as 2hop does");
    JsonNode answerable = object.path("answerable");
    fields.require(answerable.asBoolean(true), "answerable", answerable, "must not be false");
    List<Passages.Paragraph> paragraphs =
        fields.objects("paragraphs").stream()
            .map(p -> new Passages.Paragraph(p.text("title"), p.text("paragraph_text")))
            .toList();
    return new Passages(paragraphs, fields.text("question"), answers(fields), hops.group(1))
        .example(record, id, style);
  }

  private static List<String> answers(RecordFields fields) {
    List<String> answers = new ArrayList<>(List.of(fields.text("answer")));
    if (!fields.isAbsent("answer_aliases")) {
      fields.texts("answer_aliases").stream().filter(a -> !a.isBlank()).forEach(answers::add);
    }
    return answers;
  }
}
