package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** MLflow's own server on a port of this machine, with what it has in a folder; really killed. */
final class MlflowProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SECONDS_TO_START = 240;

  private final Process process;
  private final int port;

  private MlflowProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A port that nobody listens at. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  static String address(int port) {
    return "http://127.0.0.1:" + port;
  }

  /** Starts one, which answers. */
  static MlflowProcess start(String python, Path folder, int port) throws Exception {
    Path log = folder.resolve("mlflow.log");
    ProcessBuilder builder =
        new ProcessBuilder(
                python,
                "-m",
                "mlflow",
                "server",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--workers",
                "1",
                "--backend-store-uri",
                "sqlite:///" + folder.resolve("mlflow.db"),
                "--artifacts-destination",
                folder.resolve("artifacts").toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    MlflowProcess server = new MlflowProcess(builder.start(), port);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (!server.isUp()) {
      if (!server.process.isAlive() || System.nanoTime() > deadline) {
        server.close();
        throw new AssertionError("mlflow server does not start: " + Files.readString(log));
      }
      Thread.sleep(100);
    }
    return server;
  }

  /** A server that takes every call and never answers. */
  static ServerSocket hanging() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private boolean isUp() throws InterruptedException {
    try {
      return answer("GET", "/health", "").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private HttpResponse<String> answer(String method, String path, String body)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(address(port) + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
  }

  /** What the server says of a path of its interface. */
  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = answer("GET", "/api/2.0/" + path, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** The text of an artifact. */
  String artifact(String path) throws IOException, InterruptedException {
    return answer("GET", "/api/2.0/mlflow-artifacts/artifacts/" + path, "").body();
  }

  /** The ids of all runs of an experiment. */
  List<String> runs(String experiment) throws IOException, InterruptedException {
    String id =
        get("mlflow/experiments/get-by-name?experiment_name=" + experiment)
            .at("/experiment/experiment_id")
            .asText();
    HttpResponse<String> found =
        answer("POST", "/api/2.0/mlflow/runs/search", "{\"experiment_ids\":[\"" + id + "\"]}");
    List<String> runs = new ArrayList<>();
    JSON.readTree(found.body())
        .path("runs")
        .forEach(run -> runs.add(run.at("/info/run_id").asText()));
    return runs;
  }

  /** The history of a figure, each step with its value, in the order of the steps. */
  List<String> history(String run, String key) throws IOException, InterruptedException {
    List<String> points = new ArrayList<>();
    get("mlflow/metrics/get-history?run_id=" + run + "&metric_key=" + key)
        .path("metrics")
        .forEach(one -> points.add(one.path("step").asLong() + " " + one.path("value").asDouble()));
    points.sort(null);
    return points;
  }

  @Override
  public void close() {
    // Its workers are processes of their own.
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
