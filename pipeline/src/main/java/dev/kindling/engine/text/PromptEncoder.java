package dev.kindling.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kindling.check.InvalidInputException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Makes of an example's prompt what the policy reads: as plain text, or as a conversation. */
public final class PromptEncoder {
  /**
   * A prompt.
   *
   * @param text what the policy reads, tokens that start it apart
   * @param ids its tokens, those that start it included
   */
  public record Prompt(String text, int[] ids) {}

  /**
   * What a conversation has besides the user's message.
   *
   * @param systemPrompt the system's message before it
   * @param thinking the template's variable {@code enable_thinking}; the template decides without
   * @param today what the template takes for today
   */
  public record Conversation(
      Optional<String> systemPrompt, Optional<Boolean> thinking, Optional<LocalDate> today) {}

  private final Tokenizer tokenizer;
  private final int[] start;
  private final UnaryOperator<String> rendered;

  private PromptEncoder(Tokenizer tokenizer, int[] start, UnaryOperator<String> rendered) {
    this.tokenizer = tokenizer;
    this.start = start;
    this.rendered = rendered;
  }

  /** Prompts as they are, after the token that starts a text where the model has one. */
  public static PromptEncoder plain(Tokenizer tokenizer, TokenizerConfig config) {
    return new PromptEncoder(tokenizer, config.startOfText(tokenizer), text -> text);
  }

  /**
   * Prompts as the user's message, up to where the assistant's turn begins. The template writes the
   * token that starts a text, so none is added.
   *
   * @param source the model folder, for messages
   * @throws InvalidInputException when the model has no chat template, or one that cannot be read
   */
  public static PromptEncoder chat(
      Tokenizer tokenizer, TokenizerConfig config, Conversation conversation, String source) {
    String template =
        config
            .chatTemplate()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Invalid data.style: chat (must be cold or warm, as %s has no chat template)"
                            .formatted(source)));
    ChatTemplate chat = new ChatTemplate(template, config.specialTokens(), "of " + source);
    return new PromptEncoder(
        tokenizer, new int[0], message -> rendered(chat, conversation, message));
  }

  private static String rendered(ChatTemplate chat, Conversation conversation, String message) {
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    conversation.systemPrompt().ifPresent(text -> add(messages, "system", text));
    add(messages, "user", message);
    Map<String, JsonNode> variables = new LinkedHashMap<>();
    conversation
        .thinking()
        .ifPresent(flag -> variables.put("enable_thinking", BooleanNode.valueOf(flag)));
    try {
      return chat.render(messages, null, true, variables, conversation.today());
    } catch (InvalidInputException refused) {
      boolean needsDate = refused.getMessage().contains("'strftime_now' is undefined");
      throw new InvalidInputException(
          "Cannot render a prompt: "
              + refused.getMessage()
              + (needsDate ? " (it insists on a date: set data.template_date)" : ""),
          refused);
    }
  }

  private static void add(ArrayNode messages, String role, String content) {
    messages.addObject().put("role", role).put("content", content);
  }

  /** The prompt of an example. */
  public Prompt encode(String text) {
    String prompt = rendered.apply(text);
    int[] ids = tokenizer.encode(prompt);
    return new Prompt(prompt, IntStream.concat(Arrays.stream(start), Arrays.stream(ids)).toArray());
  }
}
