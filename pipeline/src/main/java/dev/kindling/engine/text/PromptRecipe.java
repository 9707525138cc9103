package dev.kindling.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.InvalidInputException;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How examples become prompts, as any task can be told: plain text behind the tokens that start
 * one, or a conversation in the model's chat template.
 */
public final class PromptRecipe implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] start;
  // Null for plain text.
  private final String template;
  private final Map<String, JsonNode> specialTokens;
  private final String systemPrompt;
  private final Boolean thinking;
  private final LocalDate today;
  private final String source;

  private PromptRecipe(
      int[] start,
      String template,
      Map<String, JsonNode> specialTokens,
      Conversation conversation,
      String source) {
    this.start = start;
    this.template = template;
    this.specialTokens = specialTokens;
    this.systemPrompt = conversation.systemPrompt().orElse(null);
    this.thinking = conversation.thinking().orElse(null);
    this.today = conversation.today().orElse(null);
    this.source = source;
  }

  /**
   * What a conversation has besides an example's messages.
   *
   * @param systemPrompt the system's message before those of an example that has none
   * @param thinking the template's variable {@code enable_thinking}; the template decides without
   * @param today what the template takes for today
   */
  public record Conversation(
      Optional<String> systemPrompt, Optional<Boolean> thinking, Optional<LocalDate> today) {}

  /** Prompts as they are, after the token that starts a text where the model has one. */
  public static PromptRecipe plain(Tokenizer tokenizer, TokenizerConfig config) {
    Conversation none = new Conversation(Optional.empty(), Optional.empty(), Optional.empty());
    return new PromptRecipe(config.startOfText(tokenizer), null, new HashMap<>(), none, "");
  }

  /**
   * Prompts as the user's messages, up to where the assistant's turn begins. The template writes
   * the token that starts a text, so none is added.
   *
   * @param source the model folder, for messages
   * @throws InvalidInputException when the model has no chat template, or one that cannot be read
   */
  public static PromptRecipe chat(
      TokenizerConfig config, Conversation conversation, String source) {
    String template =
        config
            .chatTemplate()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Invalid data.style: chat (must be cold or warm, as %s has no chat template)"
                            .formatted(source)));
    PromptRecipe recipe =
        new PromptRecipe(
            new int[0], template, new HashMap<>(config.specialTokens()), conversation, source);
    recipe.parsed();
    return recipe;
  }

  /** What makes prompts by it. */
  public PromptEncoder with(Tokenizer tokenizer) {
    Conversation conversation =
        new Conversation(
            Optional.ofNullable(systemPrompt),
            Optional.ofNullable(thinking),
            Optional.ofNullable(today));
    return new PromptEncoder(
        tokenizer,
        start,
        template == null ? Optional.empty() : Optional.of(parsed()),
        conversation);
  }

  private ChatTemplate parsed() {
    return new ChatTemplate(template, specialTokens, "of " + source);
  }
}
