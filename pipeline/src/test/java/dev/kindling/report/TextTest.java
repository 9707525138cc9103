package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Sampled text loses its teeth and stays readable. */
class TextTest {
  @Test
  void markupBecomesText() {
    assertThat(Text.html("<a href='x'>\"&amp;\"</a>"))
        .isEqualTo("&lt;a href=&#39;x&#39;&gt;&quot;&amp;amp;&quot;&lt;/a&gt;");
  }

  @Test
  void controlCharactersBecomePicturesButLineEndsStay() {
    assertThat(Text.visible("a\u0000\u001b[31m\u007f\u0085\tb\n")).isEqualTo("a␀␛[31m␡\ufffd\tb\n");
  }

  @Test
  void aLoneSurrogateIsReplacedAndAPairStays() {
    assertThat(Text.visible("\ud83d|\ud83d\ude00")).isEqualTo("\ufffd|\ud83d\ude00");
  }

  @Test
  void theEndOfALongTextKeepsWholeCodePoints() {
    assertThat(Text.end("ab\ud83d\ude00c", 2)).isEqualTo("…\ud83d\ude00c");
    assertThat(Text.end("abc", 3)).isEqualTo("abc");
  }
}
