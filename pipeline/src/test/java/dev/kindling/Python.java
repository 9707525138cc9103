package dev.kindling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Python that {@code KINDLING_PYTHON} names, with the packages of requirements.txt. */
public final class Python {
  private Python() {}

  /** Its executable; the test is skipped where there is none with that module. */
  public static String with(String module) throws IOException, InterruptedException {
    String python = System.getenv("KINDLING_PYTHON");
    assumeTrue(python != null, "KINDLING_PYTHON is not set");
    Process process =
        new ProcessBuilder(python, "-c", "import " + module)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assumeTrue(process.waitFor() == 0, python + " has no " + module);
    return python;
  }

  /** What a script of this project prints. */
  public static String run(String python, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(python, Path.of("src/test/python", script).toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return printed;
  }
}
