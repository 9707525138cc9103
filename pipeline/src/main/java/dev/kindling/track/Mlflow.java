package dev.kindling.track;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.conf.Configuration;
import dev.kindling.io.AtomicFile;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunStatus;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of an MLflow server: the settings as parameters, the figures of each step, the report page
 * as an artifact. Which run it is stands in {@code mlflow.json}, so that a driver that goes on with
 * ours goes on with that.
 */
final class Mlflow implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(Mlflow.class);
  private static final String ARTIFACTS = "mlflow-artifacts";

  // What one request may have.
  private static final int MOST_METRICS = 1000;
  private static final int MOST_PARAMETERS = 100;
  private static final int LONGEST_PARAMETER = 6000;

  private final RunFolder folder;
  private final MlflowServer server;
  private final Map<String, String> settings;
  private final Path file;
  private final ObjectNode place = MlflowServer.JSON.createObjectNode();

  // Null until the run on the server is known, and until the server was asked for it.
  private String runId;
  private JsonNode run;

  /**
   * A run's.
   *
   * @param environment has the server's credentials
   */
  Mlflow(RunFolder folder, Configuration conf, Map<String, String> environment) {
    String uri = conf.metrics().mlflow().uri().orElseThrow();
    this.folder = folder;
    this.server = new MlflowServer(uri, environment);
    this.settings = conf.texts();
    this.file = new Path(folder.root(), "mlflow.json");
    place.put("uri", uri).put("experiment", conf.metrics().mlflow().experiment());
  }

  @Override
  public String label() {
    return "mlflow";
  }

  @Override
  public long held(long sent) throws IOException {
    run = null;
    runId = null;
    if (folder.fileSystem().exists(file)) {
      ObjectNode known = MlflowServer.JSON.readValue(folder.read(file), ObjectNode.class);
      String id = known.path("run_id").asText();
      // Another server or experiment has a run of its own.
      runId = known.without("run_id").equals(place) ? id : null;
    }
    return runId == null ? 0 : sent;
  }

  @Override
  public void send(List<StepFigures> steps) throws IOException, InterruptedException {
    if (run == null) {
      open(steps.get(0).step());
    }
    ArrayNode metrics = MlflowServer.JSON.createArrayNode();
    for (StepFigures step : steps) {
      if (metrics.size() + step.values().size() > MOST_METRICS) {
        log("metrics", metrics);
        metrics = MlflowServer.JSON.createArrayNode();
      }
      for (Map.Entry<String, Number> figure : step.values().entrySet()) {
        metrics
            .addObject()
            // Of signs its names have only / _ - . : and blanks.
            .put("key", figure.getKey().replace("@", "_at_"))
            .put("value", figure.getValue().doubleValue())
            // A value that is sent twice, with the same time, is one value.
            .put("timestamp", step.timeMillis())
            .put("step", step.step());
      }
    }
    log("metrics", metrics);
  }

  private void log(String what, ArrayNode entries) throws IOException, InterruptedException {
    if (!entries.isEmpty()) {
      ObjectNode body = ofRun();
      body.set(what, entries);
      server.post("runs/log-batch", body);
    }
  }

  private ObjectNode ofRun() {
    return MlflowServer.JSON.createObjectNode().put("run_id", runId);
  }

  /** Makes the run on the server, or finds it there and says that it goes on. */
  private void open(long firstStep) throws IOException, InterruptedException {
    if (runId == null) {
      create();
    } else {
      server.post("runs/update", ofRun().put("status", "RUNNING"));
    }
    JsonNode found = found();
    logSettings(found.path("data").path("params"));
    for (JsonNode metric : found.path("data").path("metrics")) {
      if (metric.path("step").asLong() >= firstStep) {
        tag("kindling.sent_again_from_step", String.valueOf(firstStep));
        break;
      }
    }
    run = found;
  }

  private void create() throws IOException, InterruptedException {
    ObjectNode body = MlflowServer.JSON.createObjectNode();
    body.put("experiment_id", experiment());
    body.put("run_name", folder.root().getName());
    body.put("start_time", System.currentTimeMillis());
    ArrayNode tags = body.putArray("tags");
    tags.addObject().put("key", "mlflow.source.name").put("value", "kindling");
    tags.addObject().put("key", "kindling.folder").put("value", folder.root().toString());
    String id = server.post("runs/create", body).at("/run/info/run_id").asText();
    byte[] json =
        MlflowServer.JSON
            .writerWithDefaultPrettyPrinter()
            .writeValueAsBytes(place.deepCopy().put("run_id", id));
    AtomicFile.replace(folder.fileSystem(), file, out -> out.write(json));
    runId = id;
  }

  private String experiment() throws IOException, InterruptedException {
    String name = place.path("experiment").asText();
    try {
      return server
          .get("experiments/get-by-name", "experiment_name", name)
          .at("/experiment/experiment_id")
          .asText();
    } catch (MlflowServer.RefusedException refused) {
      if (!refused.isAbsence()) {
        throw refused;
      }
      ObjectNode body = MlflowServer.JSON.createObjectNode().put("name", name);
      return server.post("experiments/create", body).path("experiment_id").asText();
    }
  }

  private JsonNode found() throws IOException, InterruptedException {
    return server.get("runs/get", "run_id", runId).path("run");
  }

  /** Parameters cannot be changed there: what a later driver has changed is a tag. */
  private void logSettings(JsonNode logged) throws IOException, InterruptedException {
    ObjectNode before = MlflowServer.JSON.createObjectNode();
    logged.forEach(one -> before.put(one.path("key").asText(), one.path("value").asText()));
    ArrayNode parameters = MlflowServer.JSON.createArrayNode();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String value = shortened(setting.getValue());
      JsonNode old = before.get(setting.getKey());
      if (old == null) {
        parameters.addObject().put("key", setting.getKey()).put("value", value);
      } else if (!old.asText().equals(value)) {
        tag("changed." + setting.getKey(), value);
      }
      if (parameters.size() == MOST_PARAMETERS) {
        log("params", parameters);
        parameters = MlflowServer.JSON.createArrayNode();
      }
    }
    log("params", parameters);
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_PARAMETER
        ? value
        : value.substring(0, LONGEST_PARAMETER - 1) + "…";
  }

  private void tag(String key, String value) throws IOException, InterruptedException {
    server.post("runs/set-tag", ofRun().put("key", key).put("value", value));
  }

  @Override
  public void end(RunStatus.State state) throws IOException, InterruptedException {
    if (runId == null) {
      return;
    }
    if (run == null) {
      run = found();
    }
    String status =
        switch (state) {
          case COMPLETE -> "FINISHED";
          case FAILED -> "FAILED";
          case INTERRUPTED -> "KILLED";
          // Further steps are to come.
          case RUNNING, WAITING -> "RUNNING";
        };
    ObjectNode body = ofRun().put("status", status);
    if (!status.equals("RUNNING")) {
      body.put("end_time", System.currentTimeMillis());
    }
    server.post("runs/update", body);
    // The last: a server that takes no artifacts knows how the run ended all the same.
    sendReport();
  }

  private void sendReport() throws IOException, InterruptedException {
    Path report = folder.report();
    if (!folder.fileSystem().exists(report)) {
      return;
    }
    URI artifacts = URI.create(run.at("/info/artifact_uri").asText());
    if (ARTIFACTS.equals(artifacts.getScheme())) {
      String path = artifacts.getRawPath().replaceFirst("^/+", "");
      server.put(path + "/" + report.getName(), folder.read(report));
    } else {
      LOG.info(
          "The report is not sent to mlflow: artifacts of its run lie at {} (must be at {}:, by mlflow server --serve-artifacts)",
          artifacts,
          ARTIFACTS);
    }
  }
}
