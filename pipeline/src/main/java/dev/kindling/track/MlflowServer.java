package dev.kindling.track;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.check.Check;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The REST interface of an MLflow tracking server. */
final class MlflowServer {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final long SECONDS = 10;
  private static final int FIRST_REFUSAL = 300;

  private final String address;
  private final Optional<String> authorization;

  // Never redirected: a token is for this server.
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(SECONDS / 2))
          .build();

  /** An answer that is no success. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;
    private final String code;

    RefusedException(String message, String code) {
      super(message);
      this.code = code;
    }

    /** Whether what was asked for is not there. */
    boolean isAbsence() {
      return code.equals("RESOURCE_DOES_NOT_EXIST");
    }
  }

  /**
   * A server.
   *
   * @param address where it is
   * @param environment has its credentials, if it wants any
   */
  MlflowServer(String address, Map<String, String> environment) {
    this.address = address.replaceFirst("/+$", "");
    this.authorization = authorization(environment);
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (user != null && password != null) {
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
    }
    return Optional.ofNullable(token).map(text -> "Bearer " + text);
  }

  /** Asks for something by one parameter. */
  JsonNode get(String path, String key, String value) throws IOException, InterruptedException {
    String query = key + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return send("GET", "/api/2.0/mlflow/" + path + "?" + query, BodyPublishers.noBody());
  }

  /** Has something done. */
  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return send(
        "POST",
        "/api/2.0/mlflow/" + path,
        BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
  }

  /** Keeps a file among the artifacts that the server has in its care. */
  void put(String path, byte[] content) throws IOException, InterruptedException {
    send("PUT", "/api/2.0/mlflow-artifacts/artifacts/" + path, BodyPublishers.ofByteArray(content));
  }

  private JsonNode send(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .method(method, body)
            .header("Content-Type", "application/json");
    authorization.ifPresent(text -> request.header("Authorization", text));
    HttpResponse<String> answer = answer(request.build());
    if (answer.statusCode() >= FIRST_REFUSAL) {
      throw refused(path, answer);
    }
    return JSON.readTree(answer.body());
  }

  /** The whole answer, for which a request's own timeout does not wait. */
  private HttpResponse<String> answer(HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, BodyHandlers.ofString());
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new IOException("%s does not answer within %d s".formatted(address, SECONDS), late);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      throw new IOException(
          "Cannot reach %s: %s"
              .formatted(address, cause.getMessage() == null ? cause : cause.getMessage()),
          cause);
    } finally {
      answer.cancel(true);
    }
  }

  private RefusedException refused(String path, HttpResponse<String> answer) {
    String code = "";
    String message = answer.body();
    try {
      JsonNode error = JSON.readTree(answer.body());
      code = error.path("error_code").asText();
      message = error.path("message").asText(message);
    } catch (JsonProcessingException page) {
      // A proxy's page is shown as it is.
    }
    return new RefusedException(
        "%s refuses %s with status %d: %s"
            .formatted(
                address,
                path.replaceFirst("\\?.*", ""),
                answer.statusCode(),
                Check.shown(message.strip())),
        code);
  }
}
