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
import org.junit.jupiter.api.io.TempDir;

/** What submit.sh rests on, and what it refuses before anything is built or started. */
class SubmitScriptTest {
  @Test
  void theModuleFlagsAreThoseOfThisSpark() throws IOException {
    List<String> flags = Files.readAllLines(Path.of("..", "conf", "spark", "java-modules.args"));
    assertThat(String.join(" ", flags)).isEqualTo(JavaModuleOptions.defaultModuleOptions().trim());
  }

  @Test
  void theScriptKnowsEveryCommand() throws IOException {
    String text = Files.readString(Checkout.SCRIPT);
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
                + " refill weigh batch step stages train pretrain evaluate export report bench theory doctor; see "
                + Checkout.SCRIPT
                + " --help).");
  }

  @Test
  void aSparkOptionWithoutItsValueIsNamed() throws Exception {
    assertThat(run("--master"))
        .isEqualTo(
            2
                + " Invalid option --master: it needs a value and a command after it (see "
                + Checkout.SCRIPT
                + " --help).");
  }

  @Test
  void onlyMastersOnThisMachineGetTheSettingsOfLocalRuns(@TempDir Path checkout) throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho \"$@\"\n");
    Path script = checkout.resolve("submit.sh");
    String local = "--properties-file " + checkout.toRealPath() + "/conf/spark/local.conf ";
    assertThat(run(checkout, script, "doctor")).contains("\n" + local);
    assertThat(run(checkout, script, "--master", "local[2]", "doctor")).contains("\n" + local);
    assertThat(run(checkout, script, "--master=local", "doctor")).contains("\n" + local);
    assertThat(run(checkout, script, "--master", "spark://h:7077", "doctor"))
        .startsWith("0 ")
        .doesNotContain("--properties-file");
    assertThat(run(checkout, script, "--properties-file", "a", "--master", "local", "doctor"))
        .contains("--properties-file a ")
        .doesNotContain(local);
  }

  @Test
  void theScriptSaysAtOnceWhatItStartsButNotBeforeHelp(@TempDir Path checkout) throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho Spark\n");
    Path script = checkout.resolve("submit.sh");
    assertThat(run(checkout, script)).isEqualTo("0 Starting Spark for quickstart ...\nSpark");
    assertThat(run(checkout, script, "--master", "local", "train", "--data", "a"))
        .isEqualTo("0 Starting Spark for train ...\nSpark");
    for (String help : List.of("--help", "--version", "help")) {
      assertThat(run(checkout, script, help)).isEqualTo("0 Spark");
    }
    assertThat(run(checkout, script, "train", "--help")).isEqualTo("0 Spark");
  }

  private static String run(String... arguments) throws IOException, InterruptedException {
    return run(null, Checkout.SCRIPT, arguments);
  }

  private static String run(Path sparkHome, Path script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (sparkHome != null) {
      builder.environment().put("SPARK_HOME", sparkHome.toString());
    }
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out.strip();
  }
}
