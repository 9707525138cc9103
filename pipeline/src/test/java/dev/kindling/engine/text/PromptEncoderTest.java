package dev.kindling.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.kindling.GoldenModel;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prompts as plain text and as conversations. */
class PromptEncoderTest {
  private static final PromptRecipe.Conversation PLAIN =
      new PromptRecipe.Conversation(Optional.empty(), Optional.empty(), Optional.empty());

  private static Tokenizer tokenizer;

  @BeforeAll
  static void load() {
    tokenizer = new Tokenizer(ByteTokenizer.ofAllBytes(), "all bytes");
  }

  @AfterAll
  static void unload() {
    tokenizer.close();
  }

  private static PromptEncoder chat(String template, PromptRecipe.Conversation conversation) {
    TokenizerConfig config =
        new TokenizerConfig(
            Map.of("bos_token", TextNode.valueOf("<pad>")),
            Optional.ofNullable(template),
            Optional.of(true),
            Map.of());
    return PromptRecipe.chat(config, conversation, "runs/r/model").with(tokenizer);
  }

  @Test
  void aConversationIsTheUsersMessageUpToTheAssistantsTurn() {
    String template =
        "{{ bos_token }}{% for m in messages %}{{ m.role[0] }}:{{ m.content }};{% endfor %}"
            + "{{ 'a:' if add_generation_prompt }}{{ enable_thinking }}{{ tools }}";
    PromptEncoder.Prompt prompt = chat(template, PLAIN).encode("7?");
    assertThat(prompt.text()).isEqualTo("<pad>u:7?;a:None");
    // The template wrote the start token, id 0; it is not added again.
    assertThat(prompt.ids()).hasSize(1 + "u:7?;a:None".length()).startsWith(0, 4 + 'u');
    PromptRecipe.Conversation all =
        new PromptRecipe.Conversation(Optional.of("Add."), Optional.of(false), Optional.empty());
    assertThat(chat(template, all).encode("7?").text()).isEqualTo("<pad>s:Add.;u:7?;a:FalseNone");
  }

  @Test
  void aPlainPromptStartsWithTheTokenThatTheModelsTokenizerAdds() throws IOException {
    try (Tokenizer llama = GoldenTextTest.tokenizer(GoldenModel.of("llama3-tiny"));
        Tokenizer qwen = GoldenTextTest.tokenizer(GoldenModel.of("qwen3-tiny"))) {
      PromptEncoder.Prompt prompt =
          PromptRecipe.plain(llama, GoldenTextTest.config(GoldenModel.of("llama3-tiny")))
              .with(llama)
              .encode("a b");
      assertThat(prompt.text()).isEqualTo("a b");
      assertThat(prompt.ids()).startsWith(583).isEqualTo(llama.encode("a b", true));
      assertThat(
              PromptRecipe.plain(qwen, GoldenTextTest.config(GoldenModel.of("qwen3-tiny")))
                  .with(qwen)
                  .encode("a b")
                  .ids())
          .isEqualTo(qwen.encode("a b"));
    }
  }

  @Test
  void todayIsTheSettingsDayOrTheTemplatesOwn() {
    String template = "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'then' }}";
    assertThat(chat(template, PLAIN).encode("x").text()).isEqualTo("then");
    PromptRecipe.Conversation dated =
        new PromptRecipe.Conversation(
            Optional.empty(), Optional.empty(), Optional.of(LocalDate.of(2026, 11, 5)));
    assertThat(chat(template, dated).encode("x").text()).isEqualTo("05 Nov 2026");
    assertThatThrownBy(() -> chat("{{ strftime_now('%Y') }}", PLAIN).encode("x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot render a prompt: Invalid chat template of runs/r/model: 'strftime_now' is undefined"
                + " (it insists on a date: set data.template_date)");
  }

  @Test
  void aModelWithoutTemplateOrOneThatRefusesIsNamed() {
    assertThatThrownBy(() -> chat(null, PLAIN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid data.style: chat (must be cold or warm, as runs/r/model has no chat template)");
    assertThatThrownBy(() -> chat("{{ raise_exception('no users') }}", PLAIN).encode("x"))
        .hasMessage("Cannot render a prompt: no users");
    assertThatThrownBy(() -> chat("{% if %}", PLAIN))
        .hasMessageStartingWith(
            "Invalid chat template of runs/r/model: has a syntax error in 'if'");
  }
}
