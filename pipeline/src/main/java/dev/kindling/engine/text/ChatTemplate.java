package dev.kindling.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.InvalidInputException;
import dev.kindling.template.JinjaTemplate;
import dev.kindling.template.TemplateException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's chat template: renders a conversation to the text that the model was trained to read,
 * as {@code apply_chat_template(…, tokenize=False)} of transformers does. The text holds the tokens
 * that start it, so it is encoded as it is.
 */
public final class ChatTemplate {
  private final JinjaTemplate template;
  private final Map<String, Object> specialTokens;

  /**
   * Reads a template.
   *
   * @param text the template
   * @param specialTokens variables such as {@code bos_token}, see {@link TokenizerConfig}
   * @param source where it came from, for messages
   * @throws InvalidInputException when it is not a template, naming the fault
   */
  public ChatTemplate(String text, Map<String, JsonNode> specialTokens, String source) {
    try {
      this.template = new JinjaTemplate(text, "chat template " + source);
    } catch (TemplateException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
    this.specialTokens = values(specialTokens.entrySet());
  }

  /**
   * Renders a conversation.
   *
   * @param messages array of objects with {@code role}, {@code content} and whatever else the
   *     template reads
   * @param tools array of JSON schemas of functions; null for none
   * @param addGenerationPrompt whether the text ends where the assistant's turn begins
   * @param variables more variables of the template, which win over special tokens
   * @param today the day that {@code strftime_now} tells; without it the template has no such
   *     function, and most of those that use it have a day of their own
   * @throws InvalidInputException with the template's own message where it refuses the
   *     conversation, else naming what is wrong with the template
   */
  public String render(
      JsonNode messages,
      JsonNode tools,
      boolean addGenerationPrompt,
      Map<String, JsonNode> variables,
      Optional<LocalDate> today) {
    Map<String, Object> all = new LinkedHashMap<>(specialTokens);
    all.put("messages", value(messages));
    all.put("tools", tools == null ? null : value(tools));
    all.put("documents", null);
    all.put("add_generation_prompt", addGenerationPrompt);
    all.putAll(values(variables.entrySet()));
    try {
      return template.render(all, today);
    } catch (TemplateException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }

  private static Map<String, Object> values(Iterable<Map.Entry<String, JsonNode>> entries) {
    Map<String, Object> values = new LinkedHashMap<>();
    entries.forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
    return values;
  }

  private static Object value(JsonNode node) {
    if (node.isTextual()) {
      return node.asText();
    } else if (node.isBoolean()) {
      return node.asBoolean();
    } else if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Object) node.asLong() : node.bigIntegerValue();
    } else if (node.isFloatingPointNumber()) {
      return node.asDouble();
    } else if (node.isArray()) {
      List<Object> list = new ArrayList<>(node.size());
      node.forEach(element -> list.add(value(element)));
      return list;
    } else if (node.isObject()) {
      return values(node.properties());
    } else if (node.isNull()) {
      return null;
    }
    throw new IllegalArgumentException("JSON has no " + node.getNodeType());
  }
}
