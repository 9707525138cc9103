package dev.kindling.stores;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process with moto's S3 server, whose requests are like {@code PUT /bucket/key}; the one that is
 * held up is never carried out. The environment variable KINDLING_MOTO names a Python that has moto
 * 5.2.
 */
public final class S3Server implements StoreServer {
  private static final long MOST_SECONDS = 120;
  private static final String BUCKET = "kindling";

  private final Path files;
  private final int port;
  private final Process process;

  private S3Server(Path files, int port, Process process) {
    this.files = files;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts a server with one bucket, or skips the test where there is none.
   *
   * @param files empty folder for its log and what it is told
   */
  public static S3Server start(Path files) throws IOException, InterruptedException {
    String python = System.getenv("KINDLING_MOTO");
    assumeTrue(python != null, "KINDLING_MOTO is not set: no run lies in S3");
    Path program = files.resolve("s3_server.py");
    try (var source = S3Server.class.getResourceAsStream("/s3_server.py")) {
      Files.copy(source, program);
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(python, program.toString(), "" + port, files.toString())
            .redirectErrorStream(true)
            .redirectOutput(files.resolve("log").toFile())
            .start();
    S3Server server = new S3Server(files, port, process);
    try {
      server.makeBucket();
      return server;
    } catch (IOException | RuntimeException | InterruptedException e) {
      server.close();
      throw e;
    }
  }

  private void makeBucket() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(endpoint() + "/" + BUCKET))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request")
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS); ; ) {
      try {
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IOException(Files.readString(files.resolve("log")), notYet);
        }
        Thread.sleep(100);
      }
    }
  }

  private String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public Map<String, String> hadoop() {
    return Map.of(
        "fs.s3a.endpoint", endpoint(),
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.access.key", "test",
        "fs.s3a.secret.key", "test");
  }

  @Override
  public String folder() {
    return "s3a://" + BUCKET + "/runs";
  }

  @Override
  public void hold(String pattern) throws IOException {
    Files.deleteIfExists(files.resolve("held"));
    Path whole = Files.writeString(files.resolve("hold.whole"), pattern);
    Files.move(whole, files.resolve("hold"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public boolean isHeld() {
    return Files.exists(files.resolve("held"));
  }

  @Override
  public void release() throws IOException {
    Files.delete(files.resolve("hold"));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
