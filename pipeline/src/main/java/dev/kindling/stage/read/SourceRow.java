package dev.kindling.stage.read;

import dev.kindling.dataset.Message;
import dev.kindling.dataset.RawExample;
import dev.kindling.dataset.ReadRecord;
import dev.kindling.dataset.Rejected;
import dev.kindling.row.RowCodec;
import java.util.List;

/**
 * A record of a source as it was read, not made into tokens yet.
 *
 * @param file place of the source among those of the data set
 * @param record in a file the place of the record; of what Spark reads any number that no other
 *     record of the source has
 * @param id the record's id; empty where it has none that can be used
 * @param roles who speaks in each turn before the prompt
 * @param contents what is said in them
 * @param prompt the text given to the policy, or the user's last turn
 * @param rationale a given rationale; empty when there is none
 * @param goldAnswers accepted answers, the first of which is y*
 * @param verifier name of the verifier
 * @param verifierContext JSON object
 * @param level difficulty; empty when it is not stated
 * @param problem why the record cannot be used; null when it can
 * @param broken why the source cannot be read from here on; null in every other row
 */
public record SourceRow(
    int file,
    long record,
    String id,
    List<String> roles,
    List<String> contents,
    String prompt,
    String rationale,
    List<String> goldAnswers,
    String verifier,
    String verifierContext,
    String level,
    String problem,
    String broken) {
  static final RowCodec<SourceRow> CODEC = new RowCodec<>(SourceRow.class);

  /** A record that a file's format has read. */
  static SourceRow of(int file, ReadRecord read) {
    if (read instanceof RawExample example) {
      return new SourceRow(
          file,
          example.record(),
          example.id(),
          example.history().stream().map(Message::role).toList(),
          example.history().stream().map(Message::content).toList(),
          example.prompt(),
          example.rationale(),
          example.goldAnswers(),
          example.verifier(),
          example.verifierContext(),
          example.level(),
          null,
          null);
    }
    Rejected rejected = (Rejected) read;
    return unusable(file, rejected.record(), rejected.id(), rejected.reason());
  }

  static SourceRow unusable(int file, long record, String id, String problem) {
    return empty(file, record, id, problem, null);
  }

  static SourceRow broken(int file, long record, String message) {
    return empty(file, record, "", null, message);
  }

  private static SourceRow empty(int file, long record, String id, String problem, String broken) {
    return new SourceRow(
        file, record, id, List.of(), List.of(), "", "", List.of(), "", "", "", problem, broken);
  }
}
