package dev.kindling.conf;

import dev.kindling.check.Check;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * Where the figures of a run's steps are sent.
 *
 * @param sinks the trackers, each once; JSON lines are written in any case
 * @param mlflow which server, and where there
 */
public record MetricsConf(List<Sink> sinks, Mlflow mlflow) {
  /** A tracker. */
  public enum Sink {
    /** Event files in the run folder. */
    TENSORBOARD,
    /** A tracking server. */
    MLFLOW,
    /** Spark's metrics, served by its UI. */
    PROMETHEUS,
    /** {@code metrics.jsonl} in the run folder. */
    JSONL
  }

  /**
   * A tracking server. Its credentials are no settings, which stand in files.
   *
   * @param uri its address, http or https
   * @param experiment name of the experiment, which is made where there is none
   */
  public record Mlflow(Optional<String> uri, String experiment) {
    /** Refuses what is no address of a server. */
    public Mlflow {
      new Check()
          .that(
              uri.isEmpty() || isServer(uri.get()),
              "metrics.mlflow.uri",
              uri.map(Mlflow::withoutSecrets).orElse(null),
              "must be http://HOST or https://HOST with what follows, without user, password, ? and #: credentials are taken from MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD")
          .that(!experiment.isBlank(), "metrics.mlflow.experiment", experiment, "must not be empty")
          .done();
    }

    private static boolean isServer(String text) {
      try {
        URI uri = new URI(text);
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
      } catch (URISyntaxException malformed) {
        return false;
      }
    }

    /** Messages end up in logs, and a secret may stand before a host or behind it. */
    private static String withoutSecrets(String uri) {
      return uri.replaceFirst("^(https?://)?.*@", "$1…@").replaceFirst("([?#]).*", "$1…");
    }
  }

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public MetricsConf {
    sinks = List.copyOf(sinks);
    new Check()
        .that(
            sinks.stream().distinct().count() == sinks.size(),
            "metrics.sinks",
            sinks.stream().map(Setting::label).toList(),
            "must name each once")
        .that(
            mlflow.uri().isPresent() || !sinks.contains(Sink.MLFLOW),
            "metrics.mlflow.uri",
            null,
            "must be the server's address while metrics.sinks has mlflow")
        .done();
  }

  /** Whether a tracker is asked for. */
  public boolean has(Sink sink) {
    return sinks.contains(sink);
  }
}
