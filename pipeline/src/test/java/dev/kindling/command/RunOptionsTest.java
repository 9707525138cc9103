package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Which of several settings counts: run files, then the options, then {@code --set}. */
class RunOptionsTest {
  @TempDir private Path temporary;

  private Optional<String> name(String... arguments) throws IOException {
    return CommandLine.populateCommand(new RunOptions(), arguments).configuration().run().name();
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(temporary.resolve(name), content).toString();
  }

  @Test
  void aRunIsNamedByItsFileThenByNameThenBySet() throws IOException {
    String named = file("mine.yaml", "run: {name: exp-17}");
    assertThat(name("--config", named)).contains("exp-17");
    assertThat(name("--config", named, "--name", "other")).contains("other");
    assertThat(name("--config", named, "--name", "other", "--set", "run.name=last"))
        .contains("last");
  }

  @Test
  void theFilesOwnNamesAreTakenOnlyWhereNothingNamesTheRun() throws IOException {
    String first = file("first.yaml", "run: {name: exp-17}");
    String plain = file("plain.yml", "run: {steps: 2}");
    String nameless = file("nameless.yaml", "run: {name: null}");
    assertThat(name("--config", plain)).contains("plain");
    assertThat(name("--config", first, "--config", plain)).contains("exp-17");
    assertThat(name("--config", nameless, "--config", plain)).contains("nameless-plain");
    assertThat(name("--config", first, "--config", nameless)).contains("first-nameless");
    assertThat(name()).isEmpty();
  }

  @Test
  void theDataThatAnOptionNamesWinsOverTheFilesAndSetOverBoth() throws IOException {
    String file = file("mine.yaml", "data: {path: a.jsonl}");
    RunOptions options =
        CommandLine.populateCommand(
            new RunOptions(), "--config", file, "--data", "b.jsonl", "--set", "run.steps=3");
    assertThat(paths(options)).containsExactly("b.jsonl");
    options =
        CommandLine.populateCommand(
            new RunOptions(), "--config", file, "--data", "b.jsonl", "--set", "data.path=c.jsonl");
    assertThat(paths(options)).containsExactly("c.jsonl");
  }

  @Test
  void severalFilesOfDataAreTakenInTheirOrderWhateverTheirNames() throws IOException {
    String odd = "[a], \"b\": ü日\u007f\ud83d\udc31\\n.jsonl";
    RunOptions options =
        CommandLine.populateCommand(new RunOptions(), "--data", "z.jsonl", "--data", odd);
    assertThat(paths(options)).containsExactly("z.jsonl", odd);
  }

  @Test
  void theCommandLineWinsOverSparksConfigurationAndThatOverTheFiles() throws IOException {
    String file = file("mine.yaml", "{run: {steps: 1, seed: 1}, sampler: {samples: 2}}");
    System.setProperty("spark.kindling.run.steps", "5");
    System.setProperty("spark.kindling.run.seed", "5");
    try {
      RunOptions options =
          CommandLine.populateCommand(new RunOptions(), "--config", file, "--set", "run.seed=6");
      assertThat(options.configuration().run().steps()).isEqualTo(5);
      assertThat(options.configuration().run().seed()).isEqualTo(6);
      assertThat(options.configuration().sampler().samples()).isEqualTo(2);
    } finally {
      System.clearProperty("spark.kindling.run.steps");
      System.clearProperty("spark.kindling.run.seed");
    }
  }

  @Test
  void aRunFileMayBeAtAUriOrAmongTheFilesThatCameWithTheProgram() throws IOException {
    // Commands take the session that is there.
    SmallRun.spark();
    String file = file("shipped.yaml", "sampler: {samples: 3}");
    assertThat(name("--config", Path.of(file).toUri().toString())).contains("shipped");
    // As --files puts it there; told to the session it would be fetched for every later test.
    Files.copy(
        Path.of(file),
        Path.of(SparkFiles.get("shipped.yaml")),
        StandardCopyOption.REPLACE_EXISTING);
    RunOptions shipped = CommandLine.populateCommand(new RunOptions(), "--config", "shipped.yaml");
    assertThat(shipped.configuration().sampler().samples()).isEqualTo(3);
    for (String missing : List.of("none.yaml", "file:///none.yaml", "/none.yaml")) {
      assertThatThrownBy(() -> name("--config", missing))
          .hasMessage("Cannot read " + missing + " (--config): no such file");
    }
  }

  private static List<String> paths(RunOptions options) throws IOException {
    return options.configuration().data().path().orElseThrow().each();
  }
}
