package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which SQL expression over the columns of a table gives each part of an example; of what is empty
 * the columns of the usual layouts are taken.
 *
 * @param id text or number, unique; its order is that of the examples
 * @param prompt text
 * @param messages array of role and content, in place of a prompt
 * @param answer text or number
 * @param answers array of them, in place of one
 * @param rationale text
 * @param verifier name of a verifier
 * @param level text or number
 * @param context struct, map or JSON object for the verifier
 */
public record ColumnsConf(
    Optional<String> id,
    Optional<String> prompt,
    Optional<String> messages,
    Optional<String> answer,
    Optional<String> answers,
    Optional<String> rationale,
    Optional<String> verifier,
    Optional<String> level,
    Optional<String> context) {
  /** Refuses two expressions for one thing. */
  public ColumnsConf {
    new Check()
        .that(
            prompt.isEmpty() || messages.isEmpty(),
            "data.columns.messages",
            messages.orElse(null),
            "must be null while data.columns.prompt is given")
        .that(
            answer.isEmpty() || answers.isEmpty(),
            "data.columns.answers",
            answers.orElse(null),
            "must be null while data.columns.answer is given")
        .done();
  }

  /** Those that are given, by their names. */
  public Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    id.ifPresent(expression -> given.put("id", expression));
    prompt.ifPresent(expression -> given.put("prompt", expression));
    messages.ifPresent(expression -> given.put("messages", expression));
    answer.ifPresent(expression -> given.put("answer", expression));
    answers.ifPresent(expression -> given.put("answers", expression));
    rationale.ifPresent(expression -> given.put("rationale", expression));
    verifier.ifPresent(expression -> given.put("verifier", expression));
    level.ifPresent(expression -> given.put("level", expression));
    context.ifPresent(expression -> given.put("context", expression));
    return given;
  }
}
