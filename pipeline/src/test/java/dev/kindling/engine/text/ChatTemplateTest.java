package dev.kindling.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.kindling.check.InvalidInputException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a template is given is what the JSON of a conversation says, as in Python. */
class ChatTemplateTest {
  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String render(String template, String messages, Map<String, JsonNode> variables) {
    return new ChatTemplate(template, Map.of("bos_token", json("'<s>'".replace('\'', '"'))), "of m")
        .render(json(messages), null, true, variables, Optional.empty());
  }

  @Test
  void argumentsOfAToolCallComeThroughAsTheyAre() {
    String call =
        "[{\"role\": \"assistant\", \"tool_calls\": [{\"arguments\": {\"id\":"
            + " 123456789012345678901234567890, \"least\": -9223372036854775808, \"share\": 0.1,"
            + " \"large\": 1e22, \"off\": false, \"none\": null, \"list\": [1, []]}}]}]";
    String template =
        "{% set a = messages[0].tool_calls[0].arguments %}{{ a|tojson }}\n"
            + "{{ a.id + 1 }} {{ a.id > 2 ** 96 }} {{ a.none is none }}";
    assertThat(render(template, call, Map.of()))
        .isEqualTo(
            "{\"id\": 123456789012345678901234567890, \"least\": -9223372036854775808, \"share\":"
                + " 0.1, \"large\": 1e+22, \"off\": false, \"none\": null, \"list\": [1, []]}\n"
                + "123456789012345678901234567891 True True");
  }

  @Test
  void variablesWinOverSpecialTokens() {
    String template = "{{ bos_token }}{{ tools }}{{ documents }}{{ add_generation_prompt }}";
    assertThat(render(template, "[]", Map.of())).isEqualTo("<s>NoneNoneTrue");
    assertThat(render(template, "[]", Map.of("bos_token", IntNode.valueOf(7))))
        .isEqualTo("7NoneNoneTrue");
  }

  @Test
  void aTemplateRefusesInItsOwnWordsAndIsRefusedByName() {
    assertThatThrownBy(() -> render("{{ raise_exception('No system role') }}", "[]", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("No system role");
    assertThatThrownBy(() -> render("{{ messages.a.b }}", "[]", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid chat template of m: 'list' has no attribute 'a'");
    assertThatThrownBy(() -> render("{% if %}", "[]", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid chat template of m: has a syntax error in 'if' in line 1: found the end,"
                + " expected a value");
  }
}
