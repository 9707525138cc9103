package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.dataset.ArithmeticProblems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path that a user gives may have any character that the file system allows. */
class OddPathsTest {
  @TempDir Path temporary;

  /** Names of 1 to 12 characters, most of them with a meaning to a shell, a glob or a URI. */
  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withChars(" []{}*?\\:#%&=+,;'\"!@$^~|<>()`\n\tüß日-._a0")
        .ofMinLength(1)
        .ofMaxLength(12)
        .filter(name -> !name.matches("\\.{1,2}"));
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void aRunUnderAnyNamesIsTrainedGoneOnWithAndExported(
      @ForAll("names") String folder, @ForAll("names") String file) throws IOException {
    Path root = Files.createTempDirectory("odd");
    try {
      trainsAndExports(Files.createDirectory(root.resolve(folder)), file);
    } finally {
      delete(root);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs [v2] {a,b}", "s3a:v1", "100%20 q?=1#x", "\\[*"})
  void aRunUnderANameThatWasReadOtherwiseOnceIsTrained(String name) throws IOException {
    trainsAndExports(Files.createDirectory(temporary.resolve(name)), name);
  }

  private static void trainsAndExports(Path folder, String name) throws IOException {
    Path data = folder.resolve(name + ".jsonl");
    Files.write(data, new ArithmeticProblems(1).task(SmallRun.EXAMPLES, false));
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(config, "run: {steps: 1}\n", StandardCharsets.UTF_8);
    List<String> settings = SmallRun.settings(folder, "run");
    settings.removeIf(set -> set.matches("(?s)(run.steps|data.path)=.*"));
    String run = folder.resolve("run").toString();
    String export = folder.resolve(name).toString();

    ok(
        SmallRun.arguments(
            "prepare", settings, "--config", config.toString(), "--data", data.toString()));
    ok("rollout", "--run", run);
    ok(
        SmallRun.arguments(
            "train",
            settings,
            "--config",
            config.toString(),
            "--data",
            data.toString(),
            "--resume"));
    ok("report", run);
    ok("export", run, "--to", export);

    List<String> second = new ArrayList<>(settings);
    second.add("run.name=second");
    second.add("model.checkpoint=" + export);
    ok(SmallRun.arguments("prepare", second, "--data", data.toString()));
  }

  @Test
  void aNameWithAColonIsAFileHereAndNotAScheme() throws IOException {
    CommandResult result =
        CommandResult.of(
            SmallRun.arguments(
                "prepare", SmallRun.settings(temporary, "run", "data.path=no:such.jsonl")));
    assertThat(result.err().strip()).isEqualTo("Cannot read data set no:such.jsonl: no such file");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  @Test
  void aPathThatNoFileCanHaveIsRefused() throws IOException {
    CommandResult result =
        CommandResult.of(
            SmallRun.arguments("prepare", SmallRun.settings(temporary, "run", "data.path=a\0b")));
    assertThat(result.err().strip())
        .isEqualTo(
            "Invalid path: \"a\0b\" (must not be empty, and must not have NUL characters or half surrogate pairs)");
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = new ArrayList<>(walk.toList());
    }
    for (int i = files.size() - 1; i >= 0; i--) {
      Files.delete(files.get(i));
    }
  }
}
