package dev.kindling.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of trackers, and that they are no part of what makes a run. */
class MetricsConfTest {
  private static Configuration load(String... sets) {
    return Configuration.load(List.of(), List.of(sets));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metrics.sinks=[tensorboard, tensorboard] | Invalid metrics.sinks: [tensorboard, tensorboard] (must name each once)",
        "metrics.sinks=[wandb] | Invalid metrics.sinks: \"wandb\" (must be one of tensorboard, mlflow, prometheus, jsonl)",
        "metrics.sinks=[mlflow] | Invalid metrics.mlflow.uri: null (must be the server's address while metrics.sinks has mlflow)",
        "metrics.mlflow.experiment= | Invalid metrics.mlflow.experiment:  (must not be empty)",
      })
  void whatTrackersCannotBeIsRefused(String set, String message) {
    assertThatThrownBy(() -> load(set)).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlflow:5000", "file:///mlruns", "http://", "http:///path", "http://m l"})
  void anAddressThatIsNoServersIsRefused(String address) {
    assertThatThrownBy(() -> load("metrics.mlflow.uri=" + address))
        .hasMessageStartingWith(
            "Invalid metrics.mlflow.uri: "
                + address
                + " (must be http://HOST or https://HOST with what follows, without user");
  }

  @ParameterizedTest
  @CsvSource({
    "https://me:hidden@mlflow, https://…@mlflow",
    "https://me:hid/den@mlflow:1/a, https://…@mlflow:1/a",
    "me:hidden@mlflow, …@mlflow",
    "https://mlflow?token=hidden, https://mlflow?…",
    "https://mlflow/a#hidden, https://mlflow/a#…",
  })
  void aSecretInAnAddressIsRefusedAndNotRepeated(String address, String said) {
    assertThatThrownBy(() -> load("metrics.mlflow.uri=" + address))
        .hasMessageStartingWith("Invalid metrics.mlflow.uri: " + said + " (must be ")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void aRunGoesOnWithOtherTrackers() {
    YamlText saved = new YamlText("config.yaml", load().toYaml());
    assertThat(
            load("metrics.sinks=[tensorboard, mlflow]", "metrics.mlflow.uri=http://a:5000/b")
                .requireResumable(saved))
        .hasToString(
            "{metrics.mlflow.uri=http://a:5000/b, metrics.sinks=[\"tensorboard\",\"mlflow\"]}");
  }
}
