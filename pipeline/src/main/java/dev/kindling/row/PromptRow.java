package dev.kindling.row;

import java.io.Serializable;
import java.util.List;

/**
 * One example of a data set, as the policy sees it.
 *
 * @param exampleId the record's id in its file, with {@code split} and a slash before it where the
 *     run has several files; unique within the run
 * @param dataset the format that the record came in, for example {@code finqa}
 * @param split the file it came from: its name without extension, or as much of its path as tells
 *     the run's files apart
 * @param position in the run's table of all prompts, the place in the data set; in a step's table,
 *     the place in the prompt order over all epochs; 0-based
 * @param prompt the text given to the policy
 * @param promptIds tokens of {@code prompt}
 * @param rationale a given rationale for supervised training; empty when the data set has none
 * @param goldAnswers accepted answers, the first of which is y* of the likelihood estimate
 * @param goldIds tokens of y*, closed by the end-of-sequence token
 * @param verifier name of the verifier that judges answers to this example
 * @param verifierContext JSON object with what that verifier needs besides the gold answers
 * @param level difficulty as the data set states it; empty when it does not
 */
public record PromptRow(
    String exampleId,
    String dataset,
    String split,
    long position,
    String prompt,
    int[] promptIds,
    String rationale,
    List<String> goldAnswers,
    int[] goldIds,
    String verifier,
    String verifierContext,
    String level)
    implements Serializable {
  /** The same example at another position. */
  public PromptRow at(long otherPosition) {
    return new PromptRow(
        exampleId,
        dataset,
        split,
        otherPosition,
        prompt,
        promptIds,
        rationale,
        goldAnswers,
        goldIds,
        verifier,
        verifierContext,
        level);
  }
}
