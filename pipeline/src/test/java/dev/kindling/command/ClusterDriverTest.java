package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program where its process is a cluster's, which ends the process itself. */
class ClusterDriverTest {
  private static final String CLUSTER = "-Dspark.submit.deployMode=cluster";

  @Test
  void aCommandThatIsDoneReturns() throws Exception {
    assertThat(ran(List.of(CLUSTER), "--version")).isEqualTo("0 kindling development");
  }

  @Test
  void aMistakeIsThrownWithItsSentenceAsTheMessage() throws Exception {
    assertThat(ran(List.of(CLUSTER), "train", "--set", "run.step=1"))
        .startsWith(
            "1 Exception in thread \"main\" dev.kindling.command.CommandFailedException: Exit code 2:"
                + " Unknown key run.step (did you mean run.steps?)\n\tat dev.kindling.command.Main");
    assertThat(ran(List.of(), "train", "--set", "run.step=1"))
        .isEqualTo("2 Unknown key run.step (did you mean run.steps?)");
  }

  @Test
  void settingsInSparksOwnConfigurationAreHeldLikeThoseOfTheCommandLine() throws Exception {
    assertThat(
            ran(
                List.of("-Dspark.kindling.run.step=1", "-Dspark.kindling.sampler.samples=0"),
                "train"))
        .isEqualTo(
            "2 Unknown key run.step (did you mean run.steps?)\n"
                + "Invalid sampler.samples: 0 (must be >= 1)");
  }

  @Test
  void aSettingThatSparkRefusesIsTheUsersMistake() throws Exception {
    assertThat(
            ran(
                List.of("-Dspark.master=spark://127.0.0.1:1", "-Dspark.authenticate=true"),
                "doctor"))
        .startsWith("2 ")
        .endsWith(
            "Cannot start Spark: requirement failed: A secret key must be specified via the"
                + " spark.authenticate.secret config. (mend its setting, in the properties file or by"
                + " --conf)");
  }

  private static String ran(List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(MainProcess.command(options.toArray(new String[0])));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out.strip();
  }
}
