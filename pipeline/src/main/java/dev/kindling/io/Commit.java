package dev.kindling.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.RunFormat;
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
 * @param changed settings that the step ran under in place of those of {@code config.yaml}, by name
 * @param position prompts of the data set's order that this and all earlier steps have drawn
 * @param inputs in the record of step 0 the SHA-256 of every file that a run starts from, by its
 *     path within the run folder; the manifests stand for the tables of prompts
 * @param checkpoint the slices, in the order of their ranges
 * @param rows row count by table folder, for example {@code 2-rollouts}
 * @param tables what computed the tables: {@code jvm}, or {@code rapids} and its version
 * @param previous {@link #digest} of the commit before this one; null for the first
 * @param version version of Kindling that wrote it
 */
public record Commit(
    long step,
    String configDigest,
    Map<String, String> changed,
    long position,
    Map<String, String> inputs,
    List<StoredFile> checkpoint,
    Map<String, Long> rows,
    String tables,
    String previous,
    String version) {
  private static final String OWN_DIGEST = "sha256";
  private static final String BLANK_DIGEST = "0".repeat(64);

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
        .that(changed != null, "commit.changed", changed, "must be a map of settings")
        .that(inputs != null, "commit.inputs", inputs, "must be a map of digests")
        .that(checkpoint != null, "commit.checkpoint", checkpoint, "must be a list of files")
        .that(rows != null, "commit.rows", rows, "must be a map of row counts")
        .that(tables != null, "commit.tables", tables, "must be given")
        .that(
            previous == null || Sha256.isOne(previous),
            "commit.previous",
            previous,
            "must be 64 hex digits or null")
        .that(version != null, "commit.version", version, "must be given")
        .done();
    checkpoint = List.copyOf(checkpoint);
    rows = new TreeMap<>(rows);
    changed = new TreeMap<>(changed);
    inputs = new TreeMap<>(inputs);
  }

  /** The record of step 0: a new policy and what its run starts from. */
  public static Commit first(
      String configDigest,
      Map<String, String> inputs,
      List<StoredFile> checkpoint,
      Map<String, Long> rows,
      String tables,
      String version) {
    return new Commit(
        0, configDigest, Map.of(), 0, inputs, checkpoint, rows, tables, null, version);
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
      JsonNode node = JsonText.MAPPER.readTree(text);
      String digest = node.path(OWN_DIGEST).asText();
      int at = text.lastIndexOf(digest);
      String blank = text.substring(0, at) + BLANK_DIGEST + text.substring(at + digest.length());
      if (!digest.equals(Sha256.of(blank))) {
        throw new InvalidInputException(
            "Cannot read " + file + ": its digest does not match its content, it is damaged");
      }
      RunFormat.require(
          file, node.path(RunFormat.KEY).asInt(1), node.path("version").asText("unknown"));
      ((ObjectNode) node).remove(List.of(OWN_DIGEST, RunFormat.KEY));
      return JsonText.MAPPER.treeToValue(node, Commit.class);
    } catch (JsonProcessingException | ChecksumException damaged) {
      throw new InvalidInputException(
          "Cannot read " + file + ": it is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /**
   * Compares the files that a run starts from with what the record of step 0 says of them.
   *
   * @param root the run folder
   * @throws InvalidInputException naming every file that is missing or changed
   */
  public void verifyInputs(FileSystem fileSystem, Path root) throws IOException {
    Check check = new Check();
    for (Map.Entry<String, String> input : inputs.entrySet()) {
      Path file = new Path(root, input.getKey());
      boolean exists = fileSystem.exists(file);
      check.that(
          exists && Digests.sha256(fileSystem, file).sha256().equals(input.getValue()),
          "file of the run",
          file,
          "%s since the run began: restore it, or start another run"
              .formatted(exists ? "was changed" : "was removed"));
    }
    check.done();
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
    ObjectNode node = JsonText.MAPPER.createObjectNode().put(RunFormat.KEY, RunFormat.NUMBER);
    node.setAll(JsonText.MAPPER.<ObjectNode>valueToTree(this));
    return JsonText.of(node.put(OWN_DIGEST, ownDigest));
  }
}
