package dev.kindling.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens are read into blocks, and what is no block is refused with its line. */
class BlockParserTest {
  private static String render(String template) {
    return new JinjaTemplate(template, "template").render(Map.of(), Optional.empty());
  }

  @Test
  void aTemplateIsReadIntoDataWordsAndEnds() {
    assertThat(
            TemplateText.tokens("a {# b #}{{ c.d }}\n{%- if 'e\\'' >= 1_0 -%} f{% endif %}\ng\n"))
        .extracting(Token::kind, Token::text, Token::line)
        .map(token -> token.toList().toString())
        .containsExactly(
            "[DATA, a , 1]",
            "[PRINT, {{, 1]",
            "[NAME, c, 1]",
            "[OPERATOR, ., 1]",
            "[NAME, d, 1]",
            "[END, }}, 1]",
            "[BLOCK, {%, 2]",
            "[NAME, if, 2]",
            "[TEXT, e', 2]",
            "[OPERATOR, >=, 2]",
            "[INTEGER, 10, 2]",
            "[END, %}, 2]",
            "[DATA, f, 2]",
            "[BLOCK, {%, 2]",
            "[NAME, endif, 2]",
            "[END, %}, 2]",
            "[DATA, g, 3]",
            "[STOP, , 3]");
  }

  @Test
  void everyPartOfATemplateIsOneNode() {
    List<Node> nodes =
        BlockParser.parse(
            TemplateText.tokens("a{{ 1 }}{% if 0 %}b{% elif 0 %}c{% else %}d{% endif %}e"));
    Rendering rendering = new Rendering(new Variables(null));
    assertThat(nodes).extracting(node -> node.text(rendering)).containsExactly("a", "1", "d", "e");
  }

  @Test
  void anElseBelongsToTheInnermostBlockThatIsOpen() {
    assertThat(
            render(
                "{% for a in [1, 0] %}{% if a %}1{% else %}2{% endif %}{% else %}3{% endfor %}{% for a in [] %}4{% if a %}5{% endif %}{% else %}{% if 0 %}{% else %}6{% endif %}{% endfor %}"))
        .isEqualTo("126");
  }

  @Test
  void aSetWithAValueHasNoEndAndOneWithoutHas() {
    assertThat(
            render(
                "{% set a = 'x' %}{% set b %}[{% set c = a %}{{ c }}]{% endset %}{% set d | upper %}{{ b }}{% endset %}{{ a ~ b ~ d }}"))
        .isEqualTo("x[x][X]");
  }

  @Test
  void blocksStandWithinAllOthers() {
    assertThat(
            render(
                "{% macro f(a) %}{% with b = a %}{% filter upper %}<{{ b }}{{ caller(b) }}>{% endfilter %}{% endwith %}{% endmacro %}{% generation %}{% call(c) f('x') %}{% for d in [c, c] %}{{ d }}{% if loop.first %}{% continue %}{% endif %}!{% break %}{% endfor %}{% endcall %}{% endgeneration %}"))
        .isEqualTo("<XXX!>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a⏎{% if 1 %}⏎b ; has a block if without endif in line 2",
        "{% if 1 %}{% for a in b %}{% endif %} ; has endif in line 1 where endfor is expected",
        "⏎⏎{% endfor %} ; has endfor in line 3 that ends nothing",
        "{% else %} ; has else outside of if and for in line 1",
        "{% with %}{% elif 1 %}{% endwith %} ; has elif outside of if and for in line 1",
        "{% if 1 %}{% else %}⏎{% else %}{% endif %} ; has else outside of if and for in line 2",
        "{% for a in b %}{% elif 1 %}{% endfor %} ; has elif outside of if and for in line 1",
        "{% set a %}{% macro f() %}{% endmacro %} ; has a block set without endset in line 1",
        "{% frobnicate %} ; has the unknown block frobnicate in line 1",
        "{% endraw %} ; has the unknown block endraw in line 1",
        "{% %} ; has a syntax error in '' in line 1: found the end, expected a name",
        "{{ }} ; has a syntax error in '' in line 1: found the end, expected a value",
        "⏎{% if ⏎ %}{% endif %} ; has a syntax error in 'if' in line 3: found the end, expected a value",
        "{{ 1 | filter:x }} ; has a syntax error in '1 | filter : x' in line 1: found :, expected the end",
        "{{ a 'b' }} ; has a syntax error in 'a 'b'' in line 1: found 'b', expected the end",
        "{{ (1 ; has a {{ without }} in line 1",
        "{% for a b %}{% endfor %} ; has a syntax error in 'for a b' in line 1: found b, expected in",
        "{% for 1 in b %}{% endfor %} ; has a syntax error in 'for 1 in b' in line 1: found 1, expected a name",
        "{% set a.b.c = 1 %} ; has a syntax error in 'set a . b . c = 1' in line 1: found ., expected the end",
        "{% macro f(a b) %}{% endmacro %} ; has a syntax error in 'macro f ( a b )' in line 1: found b, expected ,",
        "{% if 1 %}{% endif 1 %} ; has a syntax error in 'endif 1' in line 1: found 1, expected the end",
        "{% for a in [] %}{% break 1 %}{% endfor %} ; has a syntax error in 'break 1' in line 1: found 1, expected the end",
        "{{ 1 is odd is odd }} ; has a syntax error in '1 is odd is odd' in line 1: found is, expected one test, not several in a chain",
        "{{ ٣ }} ; has the character ٣ in an expression in line 1"
      })
  void whatIsNoBlockIsRefused(String template, String message) {
    assertThatThrownBy(() -> render(template.replace('⏎', '\n')))
        .isInstanceOf(TemplateException.class)
        .hasMessage("Invalid template: " + message);
  }

  @Test
  void aMessageShowsNoMoreThanTheStartOfALongExpression() {
    assertThatThrownBy(() -> render("{{ 1 1" + " + 1".repeat(900) + " }}"))
        .hasMessage(
            "Invalid template: has a syntax error in '1 1"
                + " + 1".repeat(49)
                + " …' in line 1: found 1, expected the end");
  }
}
