package dev.kindling.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.kindling.template.JinjaTemplate;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A model's chat template: renders a conversation to the text that the model was trained to read,
 * as {@code apply_chat_template(…, tokenize=False)} of transformers does. The text holds the tokens
 * that start it, so it is encoded as it is.
 */
public final class ChatTemplate {
  private final JinjaTemplate template;
  private final Map<String, JsonNode> specialTokens;

  /**
   * Reads a template.
   *
   * @param text the template
   * @param specialTokens variables such as {@code bos_token}, see {@link TokenizerConfig}
   * @param source where it came from, for messages
   * @throws dev.kindling.check.InvalidInputException when it is not a template, naming the fault
   */
  public ChatTemplate(String text, Map<String, JsonNode> specialTokens, String source) {
    this.template = new JinjaTemplate(text, "chat template " + source);
    this.specialTokens = Map.copyOf(specialTokens);
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
   * @throws dev.kindling.check.InvalidInputException with the template's own message where it
   *     refuses the conversation, else naming what is wrong with the template
   */
  public String render(
      JsonNode messages,
      JsonNode tools,
      boolean addGenerationPrompt,
      Map<String, JsonNode> variables,
      Optional<LocalDate> today) {
    Map<String, JsonNode> all = new LinkedHashMap<>(specialTokens);
    all.put("messages", messages);
    all.put("tools", tools == null ? NullNode.getInstance() : tools);
    all.put("documents", NullNode.getInstance());
    all.put("add_generation_prompt", BooleanNode.valueOf(addGenerationPrompt));
    all.putAll(variables);
    return template.render(all, today);
  }
}
