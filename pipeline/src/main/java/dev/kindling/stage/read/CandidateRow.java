package dev.kindling.stage.read;

import dev.kindling.row.RowCodec;
import java.util.List;

/**
 * A record made into a prompt, of which it is not known yet whether it repeats another.
 *
 * @param file place of its source among those of the data set
 * @param record as of {@link SourceRow}
 * @param id the record's id for the list of what is left out, the beginning of a long one
 * @param shownId the same for messages
 * @param shownExampleId the run's id of the example for messages
 * @param problem why it cannot be used; null when it can
 * @param broken why its source cannot be read; null in every other row
 * @param content digest of the prompt and the gold answers; of what cannot be used, of its place
 * @param whole digest of all that the record holds
 * @param blindGold gold answer of which its verifier deletes signs or operators; null when there is
 *     none
 * @param exampleId id of the example in the run
 * @param split its source's name
 * @param prompt what the policy reads
 * @param promptIds its tokens
 * @param rationale a given rationale
 * @param goldAnswers accepted answers
 * @param goldIds tokens of y*, closed
 * @param verifier name of the verifier
 * @param verifierContext JSON object
 * @param level difficulty
 */
public record CandidateRow(
    int file,
    long record,
    String id,
    String shownId,
    String shownExampleId,
    String problem,
    String broken,
    String content,
    String whole,
    String blindGold,
    String exampleId,
    String split,
    String prompt,
    int[] promptIds,
    String rationale,
    List<String> goldAnswers,
    int[] goldIds,
    String verifier,
    String verifierContext,
    String level) {
  static final RowCodec<CandidateRow> CODEC = new RowCodec<>(CandidateRow.class);
}
