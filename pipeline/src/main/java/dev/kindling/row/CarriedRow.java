package dev.kindling.row;

/**
 * What is known of one example's success probability P from all steps that visited it. A sample of
 * a visit k visits ago counts d^k, d being {@code objective.carry}.
 *
 * @param exampleId id of the prompt
 * @param logP log of the weighted mean of w, in nats; negative infinity while every w was 0
 * @param count sum of the samples' weights d^k
 * @param squareCount sum of their squares; count² / squareCount is the effective sample size that
 *     equal w would have
 * @param effectiveSampleSize (Σ d^k w)² / Σ (d^k w)²; 0 while every w was 0
 * @param visitedStep the step that visited it last
 */
public record CarriedRow(
    String exampleId,
    double logP,
    double count,
    double squareCount,
    double effectiveSampleSize,
    long visitedStep) {}
