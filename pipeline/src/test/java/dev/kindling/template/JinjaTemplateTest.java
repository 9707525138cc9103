package dev.kindling.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates render as Python's jinja2 renders them, and hostile ones are refused. */
class JinjaTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Named<JsonNode>> cases() throws IOException {
    JsonNode cases =
        JSON.readTree(Path.of("src/test/resources/golden/jinja/templates.json").toFile());
    return StreamSupport.stream(cases.spliterator(), false)
        .map(golden -> Named.of(golden.get("name").asText(), golden));
  }

  private static String render(JsonNode golden) {
    Map<String, Object> variables =
        JSON.convertValue(golden.get("variables"), new TypeReference<>() {});
    Optional<LocalDate> today =
        Optional.ofNullable(golden.get("today")).map(day -> LocalDate.parse(day.asText()));
    return new JinjaTemplate(golden.get("template").asText(), "template").render(variables, today);
  }

  private static String render(String template) {
    return new JinjaTemplate(template, "template").render(Map.of(), Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyGoldenTemplateRendersAsPythonsJinja2RendersIt(JsonNode golden) {
    if (golden.has("rendered")) {
      assertThat(render(golden)).isEqualTo(golden.get("rendered").asText());
    } else {
      String error = golden.get("error").asText();
      boolean isRaised = golden.get("template").asText().contains("raise_exception");
      assertThatThrownBy(() -> render(golden))
          .isInstanceOf(TemplateException.class)
          .satisfies(
              refused ->
                  assertThat(refused.getMessage())
                      .matches(
                          m -> isRaised ? m.equals(error) : m.startsWith("Invalid template: ")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{{ ''.class }}{{ ''.getClass }}{{ ''.__class__ }} ; ``",
        "{{ [].getClass is defined }}{{ {}.class is defined }} ; FalseFalse",
        "{{ range.class is defined }}{{ namespace()['class'] is defined }} ; FalseFalse",
        "{{ 'x'.bytes is defined }}{{ (1).class is defined }} ; FalseFalse"
      })
  void noValueHasAnAttributeOfItsJavaClass(String template, String rendered) {
    assertThat(render(template)).isEqualTo(rendered);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{{ ''.getClass() }} ; 'text' has no attribute 'getClass'",
        "{{ ''.__class__.__mro__ }} ; 'text' has no attribute '__class__'",
        "{{ [].append(1) }} ; 'list' has no attribute 'append'",
        "{{ ____int3rpr3t3r____.context }} ; '____int3rpr3t3r____' is undefined",
        "{{ nope.a }} ; 'nope' is undefined",
        "{% include 'x' %} ; has the unknown block include",
        "{% import 'conf/defaults.yaml' as x %} ; has the unknown block import",
        "{% extends '/etc/passwd' %} ; has the unknown block extends",
        "{{ 1 | filter:x }} ; has a syntax error in '1 | filter : x'",
        "{{ 'a' | ipaddr }} ; has the unknown filter ipaddr",
        "{{ 1 if }} ; has a syntax error in '1 if'",
        "{% if 1 %} ; has a block if without endif in line 1",
        "{{ 'abc }} ; has a text without end in line 1",
        "{{ 1 ; has a {{ without }} in line 1",
        "{# 1 ; has a comment without end in line 1",
        "{% raw %} ; has a raw block without end in line 1",
        "{{ 1 ) }} ; has a ) that closes nothing in line 1",
        "{{ a ? b }} ; has the character ? in an expression in line 1",
        "{% break %} ; break outside of a loop"
      })
  void aFaultIsNamed(String template, String message) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith("Invalid template: " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // For ever, or nearly so.
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set n = namespace(s='x') %}{% for a in range(9999) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(l=[1]) %}{% for a in range(9999) %}{% set n.l = n.l + n.l %}{% endfor %}",
        "{% set n = namespace(l=[1]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}",
        "{% set n = namespace(l=[1], m=[1]) %}{% for a in range(50) %}{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l == n.m }}",
        "{% set n = namespace(l=[1]) %}{% for a in range(50) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l|tojson }}",
        "{% set n = namespace(l=1) %}{% for a in range(9999) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l }}",
        // Large at once.
        "{{ 'x' * 999999999 }}",
        "{{ [0] * 999999999 }}",
        "{{ 'x'.center(999999999) }}{{ 'x'|center(999999999) }}",
        "{{ 'x'.ljust(999999999) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ range(999999999)|list }}",
        "{{ 9 ** 999999999 }}",
        "{% set n = namespace(i=9) %}{% for a in range(99) %}{% set n.i = n.i * n.i %}{% endfor %}",
        "{{ 2 ** 4096 }}{{ 1e999|int }}",
        "{{ ('9' * 99999)|int }}",
        "{{ ('x' * 99999)|replace('', 'y' * 9999) }}",
        "{{ ('y' * 99999).join('x' * 9999) }}",
        "{{ ('x' * 99999)|list|join('y' * 9999) }}",
        "{{ 'x\\ny'|indent(999999999) }}",
        "{{ [1]|batch(999999999, 0)|list }}",
        "{{ [1]|slice(999999999)|list }}",
        "{{ {}|tojson(indent=999999999) }}",
        "{% for a in range(99999) %}{{ 'x' * 999 }}{% endfor %}"
      })
  void aTemplateThatLoopsOrGrowsWithoutBoundIsRefused(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(TemplateException.class)
        .hasMessageMatching(
            "Invalid template: (does more than 50000000 steps \\(it loops or grows without bound\\)"
                + "|is nested more than 200 deep"
                + "|makes a text of \\d+ characters \\(most are 4194304\\)"
                + "|takes a range of 999999999 numbers \\(most are 100000\\)"
                + "|has an integer of more than 4096 bits)");
  }

  @Test
  void anExpressionIsNotDeeperOrLongerThanAStackTakes() {
    assertThatThrownBy(() -> render("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}"))
        .hasMessage("Invalid template: has brackets nested more than 40 deep in line 1");
    assertThatThrownBy(() -> render("{{ " + "not ".repeat(5000) + "1 }}"))
        .hasMessage("Invalid template: has an expression of more than 2000 words in line 1");
    assertThatThrownBy(() -> render("{% if 1 %}".repeat(5000) + "{% endif %}".repeat(5000)))
        .hasMessage("Invalid template: has blocks nested more than 200 deep");
    assertThat(render("{{ " + "not ".repeat(1999) + "1 }}")).isEqualTo("False");
    assertThat(render("{{ 1" + " + 1".repeat(999) + " }}")).isEqualTo("1000");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  @Timeout(30)
  void aTemplateOfHundredThousandsOfPartsIsRefusedAtOnce(String template, String message) {
    assertThatThrownBy(() -> render(template)).hasMessage("Invalid template: " + message);
  }

  static Stream<Arguments> hostile() {
    String deepBlocks = "has blocks nested more than 200 deep";
    String deepBrackets = "has brackets nested more than 40 deep in line 1";
    String manyWords = "has an expression of more than 2000 words in line 1";
    return Stream.of(
        large("10 MB", "x".repeat(10 << 20), "has 10485760 characters (most are 1048576)"),
        large("if", "{% if 1 %}".repeat(100_000), deepBlocks),
        large("for", "{%for a in b%}".repeat(70_000), deepBlocks),
        large("else", "{%if 1%}{%else%}".repeat(50_000), deepBlocks),
        large("set", "{% set a %}".repeat(90_000), deepBlocks),
        large("macro", "{%macro f()%}".repeat(70_000), deepBlocks),
        large("( )", "{{ " + "(".repeat(100_000), deepBrackets),
        large("[ ]", "{% set a = " + "[".repeat(100_000), deepBrackets),
        large("{ }", "{{ " + "{1:".repeat(100_000), deepBrackets),
        large("( ) of a target", "{% for " + "(".repeat(100_000), deepBrackets),
        large("not", "{{ " + "not ".repeat(100_000) + "1 }}", manyWords),
        large("-", "{{ " + "-".repeat(100_000) + "1 }}", manyWords),
        large("else in one", "{{ 1" + " if 1 else 1".repeat(50_000) + " }}", manyWords),
        large("|", "{{ 1" + "|abs".repeat(100_000) + " }}", manyWords),
        large("text", "{{ '" + "\\\\".repeat(400_000), "has a text without end in line 1"),
        large("raw", "{%raw%}" + "{%".repeat(500_000), "has a raw block without end in line 1"),
        large("#", "{#" + "{#".repeat(500_000), "has a comment without end in line 1"),
        large(
            "digits",
            "{{ " + "9".repeat(1_000_000) + " }}",
            "has an integer of more than 4096 bits"));
  }

  private static Arguments large(String name, String template, String message) {
    return Arguments.of(Named.of(name, template), message);
  }

  @Test
  void manyPartsBesideEachOtherAreNoDepth() {
    assertThat(render("{%if 0%}" + "{%elif 0%}".repeat(90_000) + "{%else%}x{%endif%}"))
        .isEqualTo("x");
    assertThat(render("{{1}}".repeat(200_000))).isEqualTo("1".repeat(200_000));
    assertThat(render("{ \n".repeat(300_000))).isEqualTo("{ \n".repeat(299_999) + "{ ");
  }

  @Test
  void whatIsTooDeepOnlyTogetherIsRefusedToo() {
    String call = "[".repeat(38) + "f()" + "]".repeat(38);
    String calls = "{% macro f() %}{{ " + (call + "~").repeat(3) + "1 }}{% endmacro %}{{ f() }}";
    assertThatThrownBy(() -> render(calls))
        .isInstanceOf(TemplateException.class)
        .hasMessageMatching("Invalid template: is nested (too deep|more than 200 deep)");
  }

  @Test
  void aMacroMayCallItselfAsDeepAsSchemasOfToolsAre() {
    String tree =
        "{% macro f(n) %}{% if n %}{% if n > 0 %}({{ f(n - 1) }}){% endif %}{% endif %}{% endmacro %}";
    assertThat(render(tree + "{{ f(40) }}")).isEqualTo("(".repeat(40) + ")".repeat(40));
  }

  @Test
  void oneTemplateServesSeveralThreads() {
    JinjaTemplate template =
        new JinjaTemplate(
            "{% set ns = namespace(n=0) %}{% for x in l %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}",
            "t");
    assertThat(
            IntStream.range(0, 200)
                .parallel()
                .allMatch(
                    i ->
                        template
                            .render(Map.of("l", List.of(i, i + 1)), Optional.empty())
                            .equals(Integer.toString(2 * i + 1))))
        .isTrue();
  }
}
