package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables and the picture of {@code theory}, beside what is proved. */
class TheoryCommandTest {
  private static final double[] QS = {0, 0.25, 0.5, 0.75, 1};

  @TempDir static Path temporary;
  private static Path picture;
  private static List<String> lines;

  @BeforeAll
  static void measure() {
    picture = temporary.resolve("escape.svg");
    CommandResult result = CommandResult.of("theory", "--out=" + picture);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    lines = result.out().lines().toList();
  }

  /** The numbers of the five rows of a table under its sentence; what is no number is left out. */
  private static double[][] table(String sentence) {
    int first = 0;
    while (!lines.get(first).startsWith(sentence)) {
      first++;
    }
    return lines.subList(first + 3, first + 3 + QS.length).stream()
        .map(
            line ->
                Arrays.stream(line.split(" +"))
                    .filter(cell -> cell.matches("[-+.e0-9]+"))
                    .mapToDouble(Double::parseDouble)
                    .toArray())
        .toArray(double[][]::new);
  }

  @Test
  void exactTimesGrowWithThePowerThatIsProvedAndAtQOneWithTheLogarithm() {
    double[][] rows = table("Time until the right answer");
    for (int q = 0; q < 4; q++) {
      // q, six times, the exponent, that of theory, the distance from the integral in percent.
      assertThat(rows[q][7]).as("q = " + QS[q]).isCloseTo(QS[q] - 1, within(0.1 * (1 - QS[q])));
      assertThat(rows[q][8]).isEqualTo(QS[q] - 1);
    }
    String sentence = "At q = 1 the time rises by (\\S+) where ln\\(1/p₀\\) rises by 1; .*";
    String last = lines.stream().filter(line -> line.matches(sentence)).findFirst().orElseThrow();
    assertThat(Double.parseDouble(last.replaceAll(sentence, "$1"))).isCloseTo(1, within(0.1));
  }

  @Test
  void exactTimesAreThoseOfTheIntegralToTheLengthOfAStep() {
    double[][] rows = table("Time until the right answer");
    for (int q = 0; q < QS.length; q++) {
      // Steps of 0.05 that each go at the speed of their start: up to half of it too long; and the
      // last goes beyond 1/2, which counts where the time is short.
      assertThat(rows[q][rows[q].length - 1]).as("q = " + QS[q]).isLessThan(3);
    }
    // At q = 0 from 0.1: ln 9 · 2 + 1/0.1 - 1/0.5 + 1/0.5 - 1/0.9 = 13.283.
    assertThat(rows[0][1]).isCloseTo(13.283, within(0.03 * 13.283));
  }

  @Test
  void groupsOfVerdictsEscapeLikeOneOverTheProbabilityWhateverQIs() {
    double[][] rows = table("The same with groups of 32 drawn answers");
    for (int q = 0; q < QS.length; q++) {
      assertThat(rows[q][7]).as("q = " + QS[q]).isCloseTo(-1, within(0.15));
      // The amplification is at most 32^q. The first e-fold takes 20 right answers that come by
      // chance: a deviation of about 22 %.
      double expected = 1e6 / Math.pow(32, QS[q]);
      assertThat(rows[q][6]).as("q = " + QS[q]).isBetween(0.5 * expected, 1.8 * expected);
    }
  }

  @Test
  void aLargerQLearnsSoonerAndFitsAWrongLabelSoonerStill() {
    double[][] rows = table("Time until a wrong gold answer");
    for (int q = 1; q < QS.length; q++) {
      assertThat(rows[q][1]).as("q = " + QS[q]).isLessThan(rows[q - 1][1]);
      assertThat(rows[q][2]).as("q = " + QS[q]).isLessThan(rows[q - 1][2]);
    }
    assertThat(rows[0][3]).isGreaterThan(4 * rows[4][3]);
  }

  @Test
  void thePictureHasTwoLinesForEachQ() throws IOException {
    String svg = Files.readString(picture);
    assertThat(svg.split("<polyline", -1)).hasSize(11);
    assertThat(svg).contains(">q = 0.75</text>").doesNotContain("NaN").endsWith("</svg>\n");
  }

  @Test
  void aGroupOfOneIsTheUsersMistake() {
    CommandResult.refuses("Invalid --samples: 1 (must be >= 2)", "theory", "--samples=1");
  }

  @Test
  void aPictureThatCannotBeWrittenIsNamedBeforeAnythingIsMeasured() {
    Path nowhere = temporary.resolve("missing/escape.svg");
    CommandResult.refuses(
        "Invalid --out: " + nowhere + " (must be in a folder that is there)",
        "theory",
        "--out=" + nowhere);
  }
}
