package dev.kindling.row;

import java.util.List;

/**
 * How often a policy solves one example, and how.
 *
 * @param exampleId id of the example in the run; where a run has one source, that of its record
 * @param dataset the format that the record came in
 * @param split the file or table it came from
 * @param level difficulty as the data set states it; empty when it does not
 * @param prompt the text given to the policy
 * @param goldAnswers accepted answers
 * @param samples rollouts
 * @param correct of them right
 * @param wrong of them read and not right
 * @param unparseable of them without an answer that could be read
 * @param timeout of them that the verifier had no time for
 * @param error of them that the verifier failed on
 * @param passRate share of the correct among the first three kinds, the evidence; null without any
 * @param passRateLow lower end of its Wilson interval of 95 %
 * @param passRateHigh upper end
 * @param meanLogW mean of log p(y*|x,z) over the evidence, in nats; null without any
 * @param maxLogW its largest
 * @param logPHat log of the mean of p(y*|x,z) over the evidence
 * @param meanTokens mean length of rationale and answer
 * @param clippedShare share of rollouts that a budget ended
 * @param shortestCorrect the shortest right answer, of several the first; null when none is right
 * @param commonWrong what most of the wrong answers agree on by their verifier, of several the
 *     first; null when none was read
 * @param commonWrongCount how many of them
 */
public record ProfileRow(
    String exampleId,
    String dataset,
    String split,
    String level,
    String prompt,
    List<String> goldAnswers,
    int samples,
    int correct,
    int wrong,
    int unparseable,
    int timeout,
    int error,
    Double passRate,
    Double passRateLow,
    Double passRateHigh,
    Double meanLogW,
    Double maxLogW,
    Double logPHat,
    double meanTokens,
    double clippedShare,
    String shortestCorrect,
    String commonWrong,
    int commonWrongCount) {}
