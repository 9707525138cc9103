package dev.kindling.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kindling.check.InvalidInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes of an example what the policy reads, by a {@link PromptRecipe}. */
public final class PromptEncoder {
  private static final String SYSTEM = "system";

  private final Tokenizer tokenizer;
  private final int[] start;
  private final Optional<ChatTemplate> template;
  private final PromptRecipe.Conversation conversation;

  PromptEncoder(
      Tokenizer tokenizer,
      int[] start,
      Optional<ChatTemplate> template,
      PromptRecipe.Conversation conversation) {
    this.tokenizer = tokenizer;
    this.start = start;
    this.template = template;
    this.conversation = conversation;
  }

  /**
   * A prompt.
   *
   * @param text what the policy reads, tokens that start it apart
   * @param ids its tokens, those that start it included
   */
  public record Prompt(String text, int[] ids) {}

  /**
   * A turn of a conversation.
   *
   * @param role who speaks
   * @param content what is said
   */
  public record Turn(String role, String content) {}

  /** Whether conversations of several turns can be made into prompts. */
  public boolean takesConversations() {
    return template.isPresent();
  }

  /** The prompt of an example that is one message of the user. */
  public Prompt encode(String text) {
    return encode(List.of(), text);
  }

  /**
   * The prompt of an example.
   *
   * @param history turns before the user's last one; none unless {@link #takesConversations}
   * @param text the user's last one
   */
  public Prompt encode(List<Turn> history, String text) {
    String prompt = template.map(chat -> rendered(chat, history, text)).orElse(text);
    int[] ids = tokenizer.encode(prompt);
    return new Prompt(prompt, IntStream.concat(Arrays.stream(start), Arrays.stream(ids)).toArray());
  }

  private String rendered(ChatTemplate chat, List<Turn> history, String message) {
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    if (history.stream().noneMatch(turn -> turn.role().equals(SYSTEM))) {
      conversation.systemPrompt().ifPresent(text -> add(messages, SYSTEM, text));
    }
    history.forEach(turn -> add(messages, turn.role(), turn.content()));
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
}
