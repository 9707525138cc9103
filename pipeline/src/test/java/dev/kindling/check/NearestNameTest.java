package dev.kindling.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Edits between names, counted by hand. */
class NearestNameTest {
  @Test
  void editsAreCountedOneByOne() {
    assertThat(NearestName.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.edits("", "abc")).isEqualTo(3);
    assertThat(NearestName.edits("q", "q")).isZero();
  }

  @Test
  void aNameIsSuggestedUnlessMoreThanAThirdOfItDiffers() {
    List<String> known = List.of("exact_match", "exact_string");
    assertThat(NearestName.of("exact_strng", known, NearestName::edits)).contains("exact_string");
    // Seven letters allow 1 + 7/3 = 3 edits; exact_match is four away.
    assertThat(NearestName.of("ex_math", known, NearestName::edits)).isEmpty();
    assertThat(NearestName.of("exct_match", known, NearestName::edits)).contains("exact_match");
  }
}
