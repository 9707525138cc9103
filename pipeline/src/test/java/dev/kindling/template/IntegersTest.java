package dev.kindling.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integers have as many bits as they need, as in Python, whose values these are. */
class IntegersTest {
  private static final Map<String, ?> VARIABLES =
      Map.of(
          "n",
          new BigInteger("123456789012345678901234567890"),
          "list",
          List.of(new BigInteger("-9223372036854775809"), Long.MAX_VALUE, 7));

  private static String render(String template) {
    return new JinjaTemplate(template, "template").render(VARIABLES, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{{ n }} {{ [n] }} {{ {n: n} }} ; 123456789012345678901234567890 [123456789012345678901234567890] {123456789012345678901234567890: 123456789012345678901234567890}",
        "{{ list }} ; [-9223372036854775809, 9223372036854775807, 7]",
        "{{ list|tojson }} {{ {n: 1}|tojson }} ; [-9223372036854775809, 9223372036854775807, 7] {`123456789012345678901234567890`: 1}",
        "{{ '%d' % n }} {{ '{:,}'.format(n) }} {{ '%x' % n }} ; 123456789012345678901234567890 123,456,789,012,345,678,901,234,567,890 18ee90ff6c373e0ee4e3f0ad2",
        "{{ '{:,}'.format(-123456) }} {{ '{:,}'.format(123) }} {{ '{:,.4f}'.format(1234567.12345) }} ; -123,456 123 1,234,567.1235",
        "{{ 9007199254740993 }} {{ '%d' % 9007199254740993 }} {{ '%x' % -255 }} ; 9007199254740993 9007199254740993 -ff",
        "{{ n|string ~ n|length if n is string else n ~ '' }} ; 123456789012345678901234567890"
      })
  void anIntegerOfConversationsIsWrittenDigitByDigit(String template, String written) {
    assertThat(render(template)).isEqualTo(written.replace('`', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{{ n + 1 }} ; 123456789012345678901234567891",
        "{{ n - n }} ; 0",
        "{{ 1 - n }} ; -123456789012345678901234567889",
        "{{ n * n }} ; 15241578753238836750495351562536198787501905199875019052100",
        "{{ n // 7 }} {{ -n // 7 }} ; 17636684144620811271604938270 -17636684144620811271604938270",
        "{{ (n + 1) // 7 }} {{ -(n + 1) // 7 }} ; 17636684144620811271604938270 -17636684144620811271604938271",
        "{{ (n + 1) % 7 }} {{ -(n + 1) % 7 }} {{ (n + 1) % -7 }} ; 1 6 -6",
        "{{ n / 3 }} {{ n / n }} {{ 3 / n }} ; 4.115226300411523e+28 1.0 2.4300000218700003e-29",
        "{{ 9007199254740993 / 1 }} ; 9007199254740992.0",
        "{{ n + 0.5 }} {{ n * 1.0 }} ; 1.2345678901234568e+29 1.2345678901234568e+29",
        "{{ 2 ** 64 }} {{ (-3) ** 41 }} {{ 10 ** 400 // 10 ** 399 }} ; 18446744073709551616 -36472996377170786403 10",
        "{{ 10 ** 400 / 10 ** 399 }} {{ 2 ** -1 }} ; 10.0 0.5",
        "{{ (-1) ** (n + 1) }} {{ 1 ** n }} {{ 0 ** n }} {{ n ** 0 }} ; -1 1 0 1",
        "{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }} ; 9223372036854775808 -9223372036854775809",
        "{{ -n }} {{ +n }} {{ (-n)|abs }} ; -123456789012345678901234567890 123456789012345678901234567890 123456789012345678901234567890",
        "{{ list|sum }} {{ n|round }} {{ n|float }} ; 5 123456789012345678901234567890 1.2345678901234568e+29",
        "{{ 1e20|int }} {{ '99999999999999999999'|int }} {{ '-1' * 3 }} ; 100000000000000000000 99999999999999999999 -1-1-1",
        "{{ 1_000_000_000_000_000_000_000 }} {{ 'ffffffffffffffffff'|int(0, 16) }} ; 1000000000000000000000 4722366482869645213695"
      })
  void arithmeticIsExact(String template, String written) {
    assertThat(render(template)).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{{ n == n + 0 }} {{ n == n + 1 }} {{ n < n + 1 }} {{ n > 7 }} {{ -n < 7 }} ; True False True True True",
        "{{ 9007199254740993 == 9007199254740992.0 }} {{ 9007199254740993 > 9007199254740992.0 }} ; False True",
        "{{ 1e29 < n }} {{ n < 1e30 }} {{ n < 1e999 }} {{ n > -1e999 }} {{ 10 ** 400 < 1e999 }} ; True True True True True",
        "{{ 10 ** 20 == 1e20 }} {{ n in [1, n] }} {{ {n: 1}[n] }} ; True True 1",
        "{{ list|sort }} {{ list|min }} ; [-9223372036854775809, 7, 9223372036854775807] -9223372036854775809",
        "{{ n is integer }} {{ n is number }} {{ n is even }} {{ n is divisibleby(7) }} {{ n is string }} ; True True True True False",
        "{{ 'a' if n }}{{ not n }} {{ list[n] is defined }} {{ 'abc'[1:n] }} {{ 'abc'[-n:2] }} ; aFalse False bc ab"
      })
  void comparedAndCountedAsPythonDoes(String template, String written) {
    assertThat(render(template)).isEqualTo(written);
  }

  @Test
  void whatIsTooLargeForAFloatOrForThisMachineIsRefused() {
    assertThatThrownBy(() -> render("{{ 10 ** 400 * 1.0 }}"))
        .hasMessage("Invalid template: takes an integer for a float that is too large for one");
    assertThatThrownBy(() -> render("{{ 10 ** 400 / 3 }}"))
        .hasMessage("Invalid template: computes a float that is too large for one");
    assertThat(render("{{ 2 ** 4095 % 10 }}")).isEqualTo("8");
    assertThatThrownBy(() -> render("{{ 2 ** 4096 }}"))
        .hasMessage("Invalid template: has an integer of more than 4096 bits");
    assertThatThrownBy(() -> render("{{ n // 0 }}"))
        .hasMessage("Invalid template: divides by zero");
  }
}
