package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** What submit.sh rests on, and what it refuses before anything is built or started. */
class SubmitScriptTest {
  private static final Path SCRIPT = Path.of("..", "submit.sh").toAbsolutePath().normalize();

  @Test
  void theModuleFlagsAreThoseOfThisSpark() throws IOException {
    List<String> flags = Files.readAllLines(Path.of("..", "conf", "spark", "java-modules.args"));
    assertThat(String.join(" ", flags)).isEqualTo(JavaModuleOptions.defaultModuleOptions().trim());
  }

  @Test
  void theScriptKnowsEveryCommand() throws IOException {
    String text = Files.readString(SCRIPT);
    String known = text.lines().filter(l -> l.startsWith("commands=")).findFirst().orElseThrow();
    assertThat(Main.commandLine().getSubcommands().keySet())
        .allSatisfy(command -> assertThat(known).contains(" " + command + " "));
  }

  @Test
  void anUnknownCommandIsTheUsersMistake() throws Exception {
    assertThat(run("trian", "--data", "x.json"))
        .isEqualTo(
            2
                + " Unknown command: trian (must be one of: quickstart prepare rollout score"
                + " refill weigh batch step train pretrain evaluate export report bench doctor; see "
                + SCRIPT
                + " --help).");
  }

  @Test
  void aSparkOptionWithoutItsValueIsNamed() throws Exception {
    assertThat(run("--master"))
        .isEqualTo(
            2
                + " Invalid option --master: it needs a value and a command after it (see "
                + SCRIPT
                + " --help).");
  }

  private static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out.strip();
  }
}
