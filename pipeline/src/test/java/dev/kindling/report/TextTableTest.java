package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Columns line up whatever the cells hold. */
class TextTableTest {
  @Test
  void wordsAlignLeftAndNumbersRight() {
    String table =
        TextTable.of(
            List.of("arm", "best", "span"),
            List.of(List.of("garl", "38.3 %", "-8 → -2"), List.of("base line", "0.5 %", "–")));
    assertThat(table)
        .isEqualTo(
            """
            arm          best     span
            ─────────  ──────  ───────
            garl       38.3 %  -8 → -2
            base line   0.5 %        –
            """);
  }

  @Test
  void aCombiningAccentTakesNoWidth() {
    String table = TextTable.of(List.of("P̂", "n"), List.of(List.of("ab", "1")));
    assertThat(table).isEqualTo("P̂   n\n──  ─\nab  1\n");
  }

  @Test
  void aColumnWithOneWordIsNotNumeric() {
    String table = TextTable.of(List.of("n"), List.of(List.of("12345"), List.of("none")));
    assertThat(table).isEqualTo("n\n─────\n12345\nnone\n");
  }

  @Test
  void aTableWithoutRowsShowsItsHeader() {
    assertThat(TextTable.of(List.of("a", "bc"), List.of())).isEqualTo("a  bc\n─  ──\n");
  }

  @Test
  void aRowWithAMissingCellIsRefused() {
    assertThatThrownBy(() -> TextTable.of(List.of("a", "b"), List.of(List.of("1"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid row: [1] (must have 2 cells)");
  }

  @Property(tries = 200)
  void noCellBreaksALineOrSteersTheTerminal(@ForAll String cell) {
    String table = TextTable.of(List.of("a", "b"), List.of(List.of(cell, "1")));
    assertThat(table.lines()).hasSize(3);
    assertThat(table.chars().filter(c -> c != '\n').noneMatch(Character::isISOControl)).isTrue();
  }
}
