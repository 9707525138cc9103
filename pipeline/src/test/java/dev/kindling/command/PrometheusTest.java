package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's metrics as Prometheus reads them from the driver of a running application. */
class PrometheusTest {
  private static final long SECONDS = 180;

  @TempDir private Path temporary;

  @Test
  void aRunningTrainShowsTheMetricsOfItsLastStep() throws Exception {
    int port = freePort();
    // Spark's UI is off, as in conf/spark/local.conf.
    List<String> command = MainProcess.command("-Dspark.ui.port=" + port);
    List<String> settings =
        SmallRun.settings(
            temporary,
            "run",
            "run.steps=100000",
            "metrics.sinks=[prometheus]",
            "data.eval_path=" + temporary.resolve("problems.jsonl"),
            "evaluate.examples=2",
            "evaluate.every=1");
    command.addAll(List.of(SmallRun.arguments("train", settings)));
    Path err = temporary.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    try {
      String metrics = await(process, port, err);
      // The application bears the run's name.
      assertThat(get(port, "/api/v1/applications")).contains("\"name\" : \"kindling run\"");
      assertThat(value(metrics, "step")).isGreaterThanOrEqualTo(1);
      assertThat(value(metrics, "rollouts")).isEqualTo(SmallRun.PROMPTS * SmallRun.SAMPLES);
      assertThat(value(metrics, "reward")).isBetween(0.0, 1.0);
      assertThat(value(metrics, "entropy")).isPositive();
      assertThat(value(metrics, "tokens_per_second")).isPositive();
      assertThat(value(metrics, "seconds_rollout")).isPositive();
      // Of the set that data.eval_path is; signs become underscores.
      assertThat(value(metrics, "eval_eval_pass_1")).isBetween(0.0, 1.0);
      // No refill: no figure.
      assertThat(value(metrics, "seconds_refill")).isNaN();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Reads until a step has been committed. */
  private static String await(Process process, int port, Path err) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (true) {
      assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
      assertThat(System.nanoTime()).as(Files.readString(err)).isLessThan(deadline);
      try {
        String metrics = get(port, "/metrics/prometheus/");
        if (metrics.contains("_kindling_reward_")) {
          return metrics;
        }
      } catch (IOException notThereYet) {
        // Spark binds the port after a while.
      }
      Thread.sleep(200);
    }
  }

  private static String get(int port, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static double value(String metrics, String name) {
    Matcher line =
        Pattern.compile(
                "^metrics_\\S+_driver_kindling_" + name + "_Value\\S* (\\S+)$", Pattern.MULTILINE)
            .matcher(metrics);
    assertThat(line.find()).as(name + " in " + metrics).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
