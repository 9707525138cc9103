package dev.kindling.stage;

import java.util.Map;

/**
 * Figures of one evaluation.
 *
 * @param examples number of prompts
 * @param samples rollouts per prompt that are evidence, on average
 * @param passAt1 mean over prompts of the share of correct rollouts
 * @param passAtK for each k, the unbiased estimate 1 − C(n−c, k)/C(n, k) (Chen et al. 2021,
 *     arXiv:2107.03374, eq. 1), mean over prompts; NaN where a prompt has fewer than k rollouts
 * @param majAtK for each k, the share of prompts whose most frequent extracted answer among the
 *     first k rollouts is correct; ties go to the answer that came first, rollouts without an
 *     answer do not vote
 * @param logPHat mean over prompts of log of the mean likelihood of the gold answer, in nats
 */
public record EvaluationFigures(
    long examples,
    double samples,
    double passAt1,
    Map<Integer, Double> passAtK,
    Map<Integer, Double> majAtK,
    double logPHat) {}
