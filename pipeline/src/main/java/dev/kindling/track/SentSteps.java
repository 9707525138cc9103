package dev.kindling.track;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.io.AtomicFile;
import dev.kindling.io.RunFolder;
import java.io.IOException;
import org.apache.hadoop.fs.Path;

/**
 * {@code trackers.json}: the last step that each tracker was sent, with the digest of its commit,
 * by which steps are told from others of the same number that were gone back from.
 */
final class SentSteps {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunFolder folder;
  private final Path file;

  // Null until it is asked for.
  private ObjectNode sent;

  SentSteps(RunFolder folder) {
    this.folder = folder;
    this.file = new Path(folder.root(), "trackers.json");
  }

  /**
   * How many steps, from the first, of the run as it stands a tracker was sent, as far as is known.
   *
   * @param last newest committed step
   */
  synchronized long of(String tracker, long last) throws IOException {
    long step = sent().path(tracker).path("step").asLong();
    String commit = sent().path(tracker).path("commit").asText();
    boolean isOurs = step >= 1 && step <= last && folder.readCommit(step).digest().equals(commit);
    return isOurs ? step : 0;
  }

  /** Says that a tracker has all steps up to one. */
  synchronized void put(String tracker, long step) throws IOException {
    ObjectNode place = JSON.createObjectNode();
    place.put("step", step).put("commit", folder.readCommit(step).digest());
    sent().set(tracker, place);
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(sent());
    AtomicFile.replace(folder.fileSystem(), file, out -> out.write(json));
  }

  private ObjectNode sent() throws IOException {
    if (sent == null) {
      sent =
          folder.fileSystem().exists(file)
              ? JSON.readValue(folder.read(file), ObjectNode.class)
              : JSON.createObjectNode();
    }
    return sent;
  }
}
