package dev.kindling.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The last file that a step writes: the step exists when its commit does. It names the digest of
 * everything that the next step builds on, so that a damaged file is refused rather than trained
 * on. The file carries its own digest and that of the commit before it.
 *
 * @param step step number; 0 for the new policy
 * @param configDigest digest of the effective configuration
 * @param position prompts of the data set's order that this and all earlier steps have drawn
 * @param checkpoint the slices, in the order of their ranges
 * @param rows row count by table folder, for example {@code 2-rollouts}
 * @param previous {@link #digest} of the commit before this one; null for the first
 * @param version version of Kindling that wrote it
 */
public record Commit(
    long step,
    String configDigest,
    long position,
    List<StoredFile> checkpoint,
    Map<String, Long> rows,
    String previous,
    String version) {
  private static final String OWN_DIGEST = "sha256";
  private static final String BLANK_DIGEST = "0".repeat(64);
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** The same line ends on every platform, since the digest covers them. */
  private static final PrettyPrinter LAYOUT =
      new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

  /** Refuses what no step can have written. */
  public Commit {
    new Check()
        .that(step >= 0, "commit.step", step, "must be >= 0")
        .that(
            Sha256.isOne(configDigest),
            "commit.config_digest",
            configDigest,
            "must be 64 hex digits")
        .that(position >= 0, "commit.position", position, "must be >= 0")
        .that(checkpoint != null, "commit.checkpoint", checkpoint, "must be a list of files")
        .that(rows != null, "commit.rows", rows, "must be a map of row counts")
        .that(
            previous == null || Sha256.isOne(previous),
            "commit.previous",
            previous,
            "must be 64 hex digits or null")
        .that(version != null, "commit.version", version, "must be given")
        .done();
    checkpoint = List.copyOf(checkpoint);
    rows = new TreeMap<>(rows);
  }

  /** What {@link #previous} of the next commit must be. */
  public String digest() {
    return Sha256.of(text(BLANK_DIGEST).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the commit; the step exists from the moment that this returns.
   *
   * @throws InvalidInputException when another commit is there
   */
  public void write(FileSystem fileSystem, Path file) throws IOException {
    byte[] content = text(digest()).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(fileSystem, file, out -> out.write(content));
  }

  /**
   * Reads a commit.
   *
   * @throws InvalidInputException naming the file, when a byte of it differs from what was written
   */
  public static Commit read(FileSystem fileSystem, Path file) throws IOException {
    try (InputStream in = fileSystem.open(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      JsonNode node = JSON.readTree(text);
      String digest = node.path(OWN_DIGEST).asText();
      int at = text.lastIndexOf(digest);
      String blank = text.substring(0, at) + BLANK_DIGEST + text.substring(at + digest.length());
      if (!digest.equals(Sha256.of(blank))) {
        throw new InvalidInputException(
            "Cannot read " + file + ": its digest does not match its content, it is damaged");
      }
      return JSON.treeToValue(((ObjectNode) node).without(OWN_DIGEST), Commit.class);
    } catch (JsonProcessingException | ChecksumException damaged) {
      throw new InvalidInputException(
          "Cannot read " + file + ": it is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /**
   * Reads every file of the checkpoint and compares it with its digest.
   *
   * @param folder where the checkpoint's files lie
   * @throws InvalidInputException naming every file that is missing, truncated or changed
   */
  public void verify(FileSystem fileSystem, Path folder) throws IOException {
    Check check = new Check();
    for (StoredFile expected : checkpoint) {
      Path file = new Path(folder, expected.name());
      boolean exists = fileSystem.exists(file);
      long bytes = exists ? fileSystem.getFileStatus(file).getLen() : -1;
      if (!exists) {
        check.that(false, "checkpoint file", file, "is missing");
      } else if (bytes != expected.bytes()) {
        check.that(
            false, "checkpoint file", file, "has " + bytes + " bytes, not " + expected.bytes());
      } else {
        check.that(
            isIntact(fileSystem, file, expected),
            "checkpoint file",
            file,
            "is damaged: its SHA-256 is not " + expected.sha256());
      }
    }
    check.done();
  }

  private static boolean isIntact(FileSystem fileSystem, Path file, StoredFile expected)
      throws IOException {
    try {
      return Digests.sha256(fileSystem, file).equals(expected);
    } catch (ChecksumException damaged) {
      return false;
    }
  }

  private String text(String ownDigest) {
    ObjectNode node = JSON.valueToTree(this);
    try {
      return JSON.writer(LAYOUT).writeValueAsString(node.put(OWN_DIGEST, ownDigest)) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A tree of strings and numbers is always JSON", impossible);
    }
  }
}
