package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kindling.LongTests;
import dev.kindling.check.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The first minutes: a base that comes along, arms of it, and a page that is there at once. */
class QuickStartTest {
  /** As docs/quickstart.md names it, with the machine that it was made on. */
  private static final String WEIGHTS =
      "f2b222e26da56349f207c0a645e975d8c3bdd0e43485775a44097e01559c7d26";

  @TempDir private Path temporary;

  private static byte[] shipped(String name) throws IOException {
    try (InputStream in =
        QuickStartBase.class.getResourceAsStream(QuickStartBase.RESOURCES + name)) {
      return in.readAllBytes();
    }
  }

  private static String digest(byte[] content) {
    return HexFormat.of().formatHex(Sha256.begin().digest(content));
  }

  @Test
  void theShippedBaseIsTheOneThatIsDescribed() throws IOException {
    byte[] weights = shipped("model.safetensors");
    assertThat(weights).hasSizeLessThan(1_500_000);
    assertThat(digest(weights)).isEqualTo(WEIGHTS);
  }

  /** On another type of machine sums are rounded otherwise. */
  @Test
  @EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
  void theDocumentedCommandsMakeTheSameBytes() throws IOException {
    assumeThat(Files.readAllLines(Path.of("/proc/cpuinfo")))
        .as("an Intel Xeon of the fourth generation, on which it was made")
        .anyMatch(line -> line.matches("model\\s*: 207"));
    CommandResult trained =
        CommandResult.of(
            "quickstart",
            "--pretrain",
            "--folder=" + temporary,
            "--arms=grpo",
            "--set=run.steps=1",
            "--set=evaluate.every=0");
    assertThat(trained.code()).as(trained.err()).isZero();
    Path folder = temporary.resolve("exported");
    CommandResult exported =
        CommandResult.of(
            "export", temporary.resolve("base").toString(), "--to=" + folder, "--dtype=bfloat16");
    assertThat(exported.code()).as(exported.err()).isZero();
    for (String name : QuickStartBase.FILES) {
      assertThat(Files.readAllBytes(folder.resolve(name))).as(name).isEqualTo(shipped(name));
    }
  }

  @Test
  void armsBeginWithTheShippedBaseAndThePageTellsOfThemAll() throws IOException {
    CommandResult result =
        CommandResult.of(
            "quickstart",
            "--folder=" + temporary,
            "--arms=grpo,garl-0.75",
            "--set=run.steps=1",
            "--set=evaluate.every=1",
            "--set=trainer.warmup_updates=0");
    assertThat(result.code()).as(result.err()).isZero();
    List<String> lines = result.out().lines().toList();
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo("Report: " + temporary.resolve("report.html"));
    assertThat(Files.readAllBytes(temporary.resolve("base/model.safetensors")))
        .isEqualTo(shipped("model.safetensors"));
    assertThat(temporary.resolve("base/config.yaml")).doesNotExist();
    assertThat(Files.readString(temporary.resolve("report.html")))
        .contains("From the same base, seed, prompts and 256 rollouts", ">grpo<", ">garl-0.75<")
        // Nothing loads the page again when it is done.
        .doesNotContain("http-equiv=\"refresh\"");
    try (Stream<Path> steps = Files.list(temporary.resolve("garl-0.75/metrics"))) {
      assertThat(steps).hasSize(1);
    }
    CommandResult other = CommandResult.of("quickstart", "--pretrain", "--folder=" + temporary);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err())
        .isEqualTo(
            "Invalid --pretrain: %s (must be a folder without arms of the base that comes with Kindling: add --fresh, or give another --folder)\n"
                .formatted(temporary));
  }

  @Test
  void settingsOfTheBaseAskForOneOfTheirOwn() {
    CommandResult result =
        CommandResult.of(
            "quickstart",
            "--folder=" + temporary,
            "--set=pretrain.steps=1",
            "--set=model.hidden=64");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            """
            Invalid --set: pretrain.steps=1 (must come with --pretrain: the base that comes with Kindling is as it is)
            Invalid --set: model.hidden=64 (must come with --pretrain: the base that comes with Kindling is as it is)
            """);
  }
}
