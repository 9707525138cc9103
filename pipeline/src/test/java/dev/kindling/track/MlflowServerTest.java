package dev.kindling.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server of MLflow's is sent beside the body, and what is said of its refusals. */
class MlflowServerTest {
  private final List<String> authorizations = new ArrayList<>();
  private HttpServer server;
  private String address;
  private int status = 200;
  private String answer = "{}";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    address = "http://127.0.0.1:" + server.getAddress().getPort() + "/prefix";
    server.createContext(
        "/prefix/api/2.0/mlflow/runs/create",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Location", address + "/elsewhere");
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void create(Map<String, String> environment) throws Exception {
    new MlflowServer(address + "/", environment)
        .post("runs/create", JsonNodeFactory.instance.objectNode());
  }

  @Test
  void credentialsAreThoseOfTheEnvironment() throws Exception {
    create(Map.of());
    create(Map.of("MLFLOW_TRACKING_TOKEN", "abc"));
    // Base64 of me:pass, by hand: 6d653a 706173 73 is bWU6 cGFz cw==.
    create(Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", "pass"));
    assertThat(authorizations).containsExactly(null, "Bearer abc", "Basic bWU6cGFzcw==");
  }

  @Test
  void aRefusalIsTheServersSentenceOrTheBeginningOfItsPage() {
    status = 400;
    answer = "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"No such name\"}";
    assertThatThrownBy(() -> create(Map.of()))
        .hasMessage(address + " refuses /api/2.0/mlflow/runs/create with status 400: No such name");
    status = 502;
    answer = "<html>" + "x".repeat(1000);
    assertThatThrownBy(() -> create(Map.of()))
        .hasMessageStartingWith(
            address + " refuses /api/2.0/mlflow/runs/create with status 502: <html>xxx")
        .hasMessageEndingWith("…");
  }

  @Test
  void nobodyIsFollowedElsewhereWithAToken() {
    status = 307;
    assertThatThrownBy(() -> create(Map.of("MLFLOW_TRACKING_TOKEN", "abc")))
        .hasMessageContaining("with status 307");
    assertThat(authorizations).hasSize(1);
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    server.stop(0);
    assertThatThrownBy(() -> create(Map.of()))
        .hasMessageStartingWith("Cannot reach " + address + ": java.net.ConnectException");
  }
}
