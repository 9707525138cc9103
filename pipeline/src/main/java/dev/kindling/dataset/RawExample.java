package dev.kindling.dataset;

import java.util.List;

/**
 * One record of a data set file, read and checked but not yet tokenised.
 *
 * @param record place of the record in the file, 0-based
 * @param id the record's id, not yet known to be unique within its file
 * @param history turns of a conversation before the prompt; empty for a prompt of its own
 * @param prompt the text given to the policy, or the user's last turn
 * @param rationale a given rationale for supervised training; empty when there is none
 * @param goldAnswers accepted answers, at least one and none blank; the first is y*
 * @param verifier name of the verifier that judges answers to this example
 * @param verifierContext JSON object with what is known besides the gold answers
 * @param level difficulty as the data set states it; empty when it does not
 */
public record RawExample(
    long record,
    String id,
    List<Message> history,
    String prompt,
    String rationale,
    List<String> goldAnswers,
    String verifier,
    String verifierContext,
    String level)
    implements ReadRecord {
  /** An example whose prompt is no conversation. */
  RawExample(
      long record,
      String id,
      String prompt,
      String rationale,
      List<String> goldAnswers,
      String verifier,
      String verifierContext,
      String level) {
    this(record, id, List.of(), prompt, rationale, goldAnswers, verifier, verifierContext, level);
  }

  /** Keeps its own copies. */
  public RawExample {
    history = List.copyOf(history);
    goldAnswers = List.copyOf(goldAnswers);
  }
}
