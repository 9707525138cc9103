package dev.kindling.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The library reading the files that {@link ByteTokenizer} writes. */
class TokenizerTest {
  private static Tokenizer bytes;

  @BeforeContainer
  static void load() {
    bytes = new Tokenizer(ByteTokenizer.ofAllBytes(), "all bytes");
  }

  @AfterContainer
  static void unload() {
    bytes.close();
  }

  @Property
  void anyTextComesBackFromItsBytes(@ForAll String text) {
    // A lone surrogate has no UTF-8 form.
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    int[] ids = bytes.encode(valid);
    assertThat(ids).hasSize(valid.getBytes(StandardCharsets.UTF_8).length);
    assertThat(bytes.decode(ids)).isEqualTo(valid);
  }

  @Example
  void halfASurrogatePairHasNoTokens() {
    assertThatThrownBy(() -> bytes.encode("🐱\ud83d"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid text: no tokens (must be Unicode: it has half a surrogate pair at character 2)");
  }

  @Example
  void aTextOfAnySizeIsRefusedRatherThanEndingTheProcess() {
    assertThatThrownBy(() -> bytes.encode("a".repeat(Tokenizer.MOST_CHARS + 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid text: 10000001 characters (must have at most 10000000 to be made into tokens)");
  }

  @Example
  void anIdThatNoVocabularyHasIsRefused() {
    String file = new String(ByteTokenizer.ofAllBytes(), StandardCharsets.UTF_8);
    for (String id : new String[] {"1099511627776", "-1", "16777216", "1.5", "\"1\"", "null"}) {
      byte[] changed =
          file.replaceFirst("\"id\": ?1,", "\"id\":" + id + ",").getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> new Tokenizer(changed, "here"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "Invalid tokenizer here: token \"<|endoftext|>\" has id %s (must be an integer in [0, 16777216))"
                  .formatted(id));
    }
  }

  @Example
  void aFileThatTheLibraryRefusesIsNamed() {
    byte[] file = "{\"model\": {\"vocab\": {\"a\": 0}}}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> new Tokenizer(file, "here"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Invalid tokenizer here: ")
        .hasMessageEndingWith("(must be a tokenizer.json)");
  }

  @Example
  void everyByteIsOneTokenAboveTheFourSpecialOnes() {
    assertThat(bytes.vocab()).isEqualTo(260);
    assertThat(bytes.encode("\n A~\u00e9"))
        .containsExactly(4 + 10, 4 + 32, 4 + 65, 4 + 126, 4 + 0xC3, 4 + 0xA9);
  }

  @Example
  void specialTokensAreRecognisedInTextAndDroppedFromIt() {
    assertThat(bytes.token("end", "<|endoftext|>")).isEqualTo(1);
    assertThat(bytes.token("end", "</think>")).isEqualTo(2);
    assertThat(bytes.encode("a</think>7<|endoftext|>")).containsExactly(4 + 'a', 2, 4 + '7', 1);
    assertThat(bytes.decode(new int[] {0, 4 + 'a', 2, 4 + '7', 1})).isEqualTo("a7");
  }

  @Example
  void anAlphabetHasOneTokenPerCharacterAndOneForAllOthers() {
    try (Tokenizer digits = new Tokenizer(ByteTokenizer.of("0123456789+= "), "digits")) {
      // Bytes ascend: space 4, plus 5, digits 6 to 15, equals 16.
      assertThat(digits.vocab()).isEqualTo(17);
      assertThat(digits.encode("1 + 9=x")).containsExactly(7, 4, 5, 4, 15, 16, 3);
      assertThat(digits.decode(new int[] {7, 4, 5, 4, 15, 16, 3, 1})).isEqualTo("1 + 9=");
    }
  }

  @Example
  void aTextThatIsNotOneTokenIsRefusedWithTheTokensThatItIs() {
    assertThat(bytes.token("mark", "#")).isEqualTo(4 + '#');
    assertThatThrownBy(() -> bytes.token("sampler.end_of_thinking", "<x>"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid sampler.end_of_thinking: <x>"
                + " (must be one token of the tokenizer, which makes '<', 'x', '>' of it)");
    try (Tokenizer digits = new Tokenizer(ByteTokenizer.of("0123456789"), "digits")) {
      // A character outside the alphabet is one token, but not that character's.
      assertThatThrownBy(() -> digits.token("mark", "x"))
          .hasMessage(
              "Invalid mark: x (must be one token of the tokenizer, which makes '<unk>' of it)");
    }
  }

  @Example
  void brokenUtf8IsReplacedRatherThanRefused() {
    assertThat(bytes.decode(new int[] {4 + 0xC3, 4 + 'a'})).isEqualTo("\uFFFDa");
  }

  @Example
  void threadsShareOneTokenizer() {
    assertThat(
            IntStream.range(0, 400)
                .parallel()
                .allMatch(i -> bytes.decode(bytes.encode("row " + i)).equals("row " + i)))
        .isTrue();
  }

  @Example
  void whatCannotBeReadIsNamed() {
    assertThatThrownBy(() -> new Tokenizer("{}".getBytes(StandardCharsets.UTF_8), "x/y.json"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid tokenizer x/y.json: no model.vocab (must be a tokenizer.json)");
    assertThatThrownBy(() -> ByteTokenizer.of("a\u00e9"))
        .hasMessage("Invalid alphabet character: \u00e9 (must be ASCII, so one byte)");
    assertThatThrownBy(() -> ByteTokenizer.of(""))
        .hasMessage("Invalid alphabet: \"\" (must have a character)");
  }
}
